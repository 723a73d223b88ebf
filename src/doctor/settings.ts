import type { CmgrError } from "../errors.ts";
import { suggestion } from "../json/nearest.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

export function checkSettings(
  { context: { paths, settings }, names }: Facts,
  fault: CmgrError | undefined,
): Finding[] {
  if (fault) {
    return [{ name: "settings", status: "error", message: fault.message, hint: fault.hint }];
  }
  const { defaultInstance, instances } = settings;
  const named = [
    ...(defaultInstance === undefined ? [] : [["defaultInstance", defaultInstance]]),
    ...Object.keys(instances).map((name) => ["instances", name]),
  ];
  return named.filter(([, name]) => !names.includes(name)).map(([key, name]) => ({
    name: "settings",
    status: "warning",
    message: key === "instances"
      ? `${paths.settings} has settings for "${name}", which is not an instance`
      : `${paths.settings}: "${key}" is "${name}", which is not an instance`,
    hint: `${suggestion(name, names)}Change it with: cmgr settings edit`,
  }));
}
