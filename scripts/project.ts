/**
 * The project as its scripts know it.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

/** The project's own folder. */
export const project = fileURLToPath(new URL("../", import.meta.url));

/** The one Deno that builds cmgr: another one gives other bytes. */
export const denoVersion = "2.8.3";
