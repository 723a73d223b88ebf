/**
 * What a login shell reads in a sandbox. The app asks one for its PATH, and `/etc/profile` of some
 * systems resets PATH, without the folders of version managers.
 */
import { join } from "node:path";
import { appendLine, isPresent } from "../system/write.ts";

/** Read by sh and dash, by bash, by zsh. */
const profileNames: readonly string[] = [".profile", ".bash_profile", ".zprofile"];

/** Where there is no `/proc`, as on macOS, the system's profile keeps what was there. */
const profileText =
  `# Written by cmgr: a login shell keeps the PATH that the instance was started with.
# Change it as you like; cmgr writes it only where there is none.
if [ -r "/proc/$$/environ" ]; then
  started=$(sed -zn 's/^PATH=//p' "/proc/$$/environ" 2>/dev/null | tr -d '\\0')
  if [ -n "$started" ]; then PATH="$started:$PATH"; fi
  unset started
  export PATH
fi
`;

/** Only where nothing exists, not even a link; Windows has no login shells. */
export async function ensureLoginProfiles(sandbox: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  for (const name of profileNames) {
    const path = join(sandbox, name);
    if (!await isPresent(path).catch(() => true)) await appendLine(path, profileText.trimEnd());
  }
}
