import { CmgrError } from "../errors.ts";
import { printable } from "../terminal/output.ts";
import type { Session } from "./session.ts";

/**
 * Asks on the terminal whether to go on.
 *
 * @param consequence What would happen; no final period
 * @returns `false` when there is no terminal to ask on
 * @throws {CmgrError} `failed`, when the answer is no
 */
export async function confirm({ io }: Session, consequence: string): Promise<boolean> {
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) return false;
  io.err(`${printable(consequence)}. Continue? [y/N] `);
  if (/^y(es)?$/i.test((await io.line()).trim())) return true;
  throw new CmgrError("failed", "Nothing was changed");
}
