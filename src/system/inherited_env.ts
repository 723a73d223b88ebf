import { inherited } from "../permissions.ts";
import type { Variables } from "./run.ts";

/** The caller's variables for the user's own programs: the app, a command or an editor. */
export function inheritedEnv(env: (name: string) => string | undefined): Variables {
  return Object.fromEntries(inherited.map((name) => [name, env(name)]));
}
