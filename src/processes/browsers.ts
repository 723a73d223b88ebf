/**
 * Browsers that an app opened for its user, which outlive it. A server may start a browser as well, to
 * drive it: that one bears a switch for it, or a profile of its own.
 */
import type { Process } from "./process.ts";

/** Names as Linux has them, which are cut off after 15 characters. */
const names = new RegExp(
  "^(firefox|firefox-bin|firefox-esr|GeckoMain|librewolf|waterfox|zen|zen-bin|chrome|google-chrome" +
    "|chromium|chromium-browse|brave|brave-browser|msedge|microsoft-edge|opera|vivaldi|vivaldi-bin" +
    "|epiphany|epiphany-browse|konqueror|falkon)$",
);

/** Switches of a browser that a program drives, or that is a part of another one, for grep. */
export const programsSwitches =
  "^--?(user-data-dir=|remote-debugging-|headless|enable-automation|type=|profile|marionette|juggler)";

const isProgramsSwitch = new RegExp(programsSwitches);

/** Whether a process is a browser that runs for the user. */
export function isUsersBrowser({ name, tags }: Process): boolean {
  return names.test(name) && !tags.some((tag) => isProgramsSwitch.test(tag));
}
