import { CmgrError } from "../errors.ts";
import { printable } from "../terminal/output.ts";
import type { Session } from "./session.ts";

/**
 * Asks on the terminal whether to go on.
 *
 * @param consequence What would happen; no final period
 * @returns `undefined` when there is no terminal to ask on
 */
export async function ask({ io }: Session, consequence: string): Promise<boolean | undefined> {
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) return undefined;
  io.err(`${printable(consequence)}. Continue? [y/N] `);
  return /^y(es)?$/i.test((await io.line()).trim());
}

/**
 * @param hint How to confirm without being asked
 * @throws {CmgrError} `usage`, when nobody can be asked; `failed`, when the answer is no
 */
export async function confirm(session: Session, consequence: string, hint: string): Promise<void> {
  const answer = session.isJson ? undefined : await ask(session, consequence);
  if (answer === undefined) throw new CmgrError("usage", consequence, hint);
  if (!answer) throw new CmgrError("failed", "Nothing was changed");
}
