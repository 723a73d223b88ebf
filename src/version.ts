import config from "../deno.json" with { type: "json" };

/** The version in `deno.json`. */
export const version: string = config.version;
