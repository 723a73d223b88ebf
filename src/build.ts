/**
 * Where this build comes from. `scripts/build/stage.ts` writes another text in place of this module
 * into what is compiled.
 *
 * @module
 */

/** The commit that was compiled, in full; with `-dirty` when files differed; `null` from source. */
export const commit: string | null = null;
