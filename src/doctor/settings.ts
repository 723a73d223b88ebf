import { suggestion } from "../json/nearest.ts";
import type { Facts, Problem } from "./check.ts";

export function checkSettings({ context, settingsFault, names }: Facts): Problem[] {
  if (settingsFault) throw settingsFault;
  const { paths, settings: { defaultInstance, instances } } = context;
  const mentions = Object.keys(instances).map((name) => ({ name, what: " has settings for" }));
  if (defaultInstance !== undefined) {
    mentions.unshift({ name: defaultInstance, what: ': "defaultInstance" is' });
  }
  return mentions.filter(({ name }) => !names.includes(name)).map(({ name, what }) => ({
    status: "warning",
    message: `${paths.settings}${what} "${name}", which is not an instance`,
    hint: `${suggestion(name, names)}Change it with: cmgr settings edit`,
  }));
}
