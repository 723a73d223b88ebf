/**
 * What some tests need and a machine may lack. Such tests are ignored, and the reason is noted for
 * the end of the run.
 *
 * @module
 */

import { delimiter } from "node:path";

/** Variable that names the file for reasons: one a line, a package of Debian's or a sentence. */
export const notesVariable = "CMGR_TEST_LEFT_OUT";

/**
 * Notes why tests are left out.
 *
 * @param reason `apt:PACKAGE` for what a package of Debian's brings, otherwise what to do, as a
 * sentence
 */
export function noteLeftOut(reason: string): void {
  const notes = Deno.env.get(notesVariable);
  if (notes) Deno.writeTextFileSync(notes, `${reason}\n`, { append: true });
}

/**
 * Whether a program is missing, for a test's `ignore`.
 *
 * @param program Its name
 * @param debianPackage Debian's package that has it
 */
export function isMissing(program: string, debianPackage: string): boolean {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const found = (Deno.env.get("PATH") ?? "").split(delimiter).some((folder) =>
    isFile(`${folder}/${program}${suffix}`)
  );
  if (!found) {
    noteLeftOut(Deno.build.os === "linux" ? `apt:${debianPackage}` : `Install ${program}.`);
  }
  return !found;
}

/**
 * Whether a file is missing, for a test's `ignore`.
 *
 * @param debianPackage Debian's package that has it
 */
export function isMissingFile(path: string, debianPackage: string): boolean {
  const found = isFile(path);
  if (!found) noteLeftOut(`apt:${debianPackage}`);
  return !found;
}

/** Whether a test is for other systems than this one, for its `ignore`. */
export function onlyOn(...systems: (typeof Deno.build.os)[]): boolean {
  if (systems.includes(Deno.build.os)) return false;
  noteLeftOut(`Some tests are for ${systems.join(" and ")} alone.`);
  return true;
}

/** Whether any of these is so; unlike with `||`, each has noted its reason by then. */
export function any(...missing: boolean[]): boolean {
  return missing.includes(true);
}

/** Whether bubblewrap is missing or forbidden, for a test's `ignore`. */
export function lacksBubblewrap(): boolean {
  if (isMissing("bwrap", "bubblewrap")) return true;
  const { success } = new Deno.Command("bwrap", {
    args: ["--unshare-pid", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"],
    stdout: "null",
    stderr: "null",
  }).outputSync();
  if (!success) {
    noteLeftOut(
      "Let bwrap create user namespaces; on Ubuntu by a profile for it in /etc/apparmor.d.",
    );
  }
  return !success;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
