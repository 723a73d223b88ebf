/**
 * Programs that some tests need and a machine may lack.
 *
 * @module
 */

/**
 * Whether a program is missing, for a test's `ignore`; says so, and which package has it.
 *
 * @param program Its name
 * @param debianPackage Debian's package that has it
 */
export function isMissing(program: string, debianPackage: string): boolean {
  const found = (Deno.env.get("PATH") ?? "").split(":").some((folder) =>
    isFile(`${folder}/${program}`)
  );
  if (!found) console.warn(`skipped: ${program} is not installed (Debian: ${debianPackage})`);
  return !found;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
