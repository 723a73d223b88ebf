import { decode } from "../system/read.ts";
import type { Io } from "../terminal/streams.ts";
import { CmgrError } from "../errors.ts";
import { parseConfig, type ParsedConfig } from "../config/config_text.ts";

/** @throws {CmgrError} `usage`, when it is not a config in strict JSON */
export async function readConfigFrom(io: Io): Promise<ParsedConfig> {
  const where = "standard input";
  const bytes = await io.stdin();
  try {
    return parseConfig(decode(bytes, where), where);
  } catch (error) {
    if (!(error instanceof CmgrError)) throw error;
    throw new CmgrError("usage", error.message, error.hint);
  }
}
