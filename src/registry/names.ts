import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { listFolder } from "../system/folders.ts";

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** @throws {CmgrError} `usage` */
export function checkName(name: string): void {
  const fault = faultOf(name);
  if (fault === undefined) return;
  const message = `${JSON.stringify(name)} cannot be the name of an instance${fault.reason}`;
  throw new CmgrError("usage", message, fault.hint);
}

export function isName(text: string): boolean {
  return faultOf(text) === undefined;
}

function faultOf(name: string): { reason: string; hint: string } | undefined {
  if (!pattern.test(name)) {
    const hint =
      "Use 1 to 63 letters, digits, dots, hyphens and underscores, and start with a letter or digit";
    return { reason: "", hint };
  }
  const hint = "Choose another name";
  if (device.test(name)) return { reason: ": Windows reserves it for a device", hint };
  // Elsewhere there may be such instances.
  if (Deno.build.os === "windows" && name.endsWith(".")) {
    return { reason: ": Windows drops a dot at the end of a name", hint };
  }
}

/** Reads only the names of the folders in the trash. */
export async function isInTrash({ trash }: Paths, name: string): Promise<boolean> {
  const rest = /^-\d{4}-\d\d-\d\dT/;
  return (await listFolder(trash)).some((entry) =>
    entry.name.startsWith(name) && rest.test(entry.name.slice(name.length))
  );
}
