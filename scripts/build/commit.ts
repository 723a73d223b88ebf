/**
 * Which commit the sources are.
 *
 * @module
 */

/**
 * The commit in a folder's checkout.
 *
 * Needs run permission for git.
 *
 * @param folder The checkout
 * @returns The full hash, with `-dirty` when a file of the program differs from it; `null` where
 * there is no checkout or no git
 */
export async function commitOf(folder: string): Promise<string | null> {
  const head = await git(folder, "rev-parse", "HEAD");
  if (head === null) return null;
  const paths = ["main.ts", "src", "docs", "deno.json", "deno.lock"];
  const changes = await git(folder, "status", "--porcelain", "--", ...paths);
  return changes === "" ? head : `${head}-dirty`;
}

async function git(folder: string, ...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["-C", folder, ...args],
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
