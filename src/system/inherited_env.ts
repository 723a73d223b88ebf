import { inherited } from "../permissions.ts";
import type { Variables } from "./run.ts";

/** The caller's variables for a program that is the user's own: app, command or editor. */
export function inheritedEnv(env: (name: string) => string | undefined): Variables {
  return Object.fromEntries(inherited.map((name) => [name, env(name)]));
}
