/**
 * Browsers that an app opened for its user outlive the app. A browser that a server automates has a
 * switch for that, or its own profile.
 */
import type { Process } from "./process.ts";

/** Linux cuts names off after 15 characters. */
const names = new RegExp(
  "^(firefox|firefox-bin|firefox-esr|GeckoMain|librewolf|waterfox|zen|zen-bin|chrome|google-chrome" +
    "|chromium|chromium-browse|brave|brave-browser|msedge|microsoft-edge|opera|vivaldi|vivaldi-bin" +
    "|epiphany|epiphany-browse|konqueror|falkon)$",
);

/** Switches of automated browsers and of their child processes, for grep. */
export const programsSwitches =
  "^--?(user-data-dir=|remote-debugging-|headless|enable-automation|type=|profile|marionette|juggler)";

const isProgramsSwitch = new RegExp(programsSwitches);

export function isUsersBrowser({ name, tags }: Process): boolean {
  return names.test(name) && !tags.some((tag) => isProgramsSwitch.test(tag));
}
