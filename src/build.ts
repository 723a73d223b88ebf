/** What this build is. `scripts/build/stage.ts` writes the values into the copy that is compiled. */
import config from "../deno.json" with { type: "json" };

/** The version in `deno.json`. */
export const version: string = config.version;

/** The commit that was compiled, in full; with `-dirty` when files differed; `null` from source. */
export const commit: string | null = null;
