/**
 * Where this build comes from. `scripts/build/stage.ts` writes other content into the copy that is
 * compiled.
 */

/** The commit that was compiled, in full; with `-dirty` when files differed; `null` from source. */
export const commit: string | null = null;
