import { CmgrError } from "../errors.ts";
import type { Paths } from "../paths.ts";
import { listFolder } from "../system/folders.ts";

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/** @throws {CmgrError} `usage` */
export function checkName(name: string): void {
  if (!pattern.test(name)) {
    throw new CmgrError(
      "usage",
      `${JSON.stringify(name)} cannot be the name of an instance`,
      "Use 1 to 63 letters, digits, dots, hyphens and underscores, and start with a letter or digit",
    );
  }
  if (device.test(name)) {
    throw new CmgrError(
      "usage",
      `"${name}" cannot be the name of an instance: Windows reserves it for a device`,
      "Choose another name",
    );
  }
  if (losesDot(name)) {
    throw new CmgrError(
      "usage",
      `"${name}" cannot be the name of an instance: Windows drops a dot at the end of a name`,
      "Choose another name",
    );
  }
}

export function isName(text: string): boolean {
  return pattern.test(text) && !device.test(text) && !losesDot(text);
}

/** Elsewhere there may be such instances. */
function losesDot(name: string): boolean {
  return Deno.build.os === "windows" && name.endsWith(".");
}

/** Judged by the name of its folder in the trash. */
export async function isInTrash({ trash }: Paths, name: string): Promise<boolean> {
  const rest = /^-\d{4}-\d\d-\d\dT/;
  return (await listFolder(trash)).some((entry) =>
    entry.name.startsWith(name) && rest.test(entry.name.slice(name.length))
  );
}
