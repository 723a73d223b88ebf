/**
 * The login for which links go to one instance, on disk: the command that the browser starts must
 * know it.
 */
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";
import { loginFileOf, type Paths } from "../paths.ts";
import { locked } from "../registry/lock.ts";
import { readOptionalJson } from "../system/read_json.ts";
import * as v from "valibot";
import { fields, type Schema } from "../json/validate.ts";
import { isOpen, type PendingLogin } from "./routing.ts";

const schema: Schema<PendingLogin> = fields({
  instance: v.string(),
  until: v.number(),
  id: v.string(),
});

/** The last login, pending or over. */
export async function readPendingLogin(paths: Paths): Promise<PendingLogin | undefined> {
  // It lasts for minutes; without it links go where they always go.
  return await readOptionalJson(loginFileOf(paths), schema);
}

/** @throws {CmgrError} `conflict`, while another one is pending */
export async function openPendingLogin(
  context: Context,
  instance: string,
  minutes: number,
): Promise<PendingLogin> {
  const { paths } = context;
  return await locked(context, `login ${instance}`, async () => {
    const other = await readPendingLogin(paths);
    const now = Date.now();
    if (other && isOpen(other, now)) {
      const left = Math.ceil((other.until - now) / 60_000);
      throw new CmgrError(
        "conflict",
        `cmgr is already waiting for a login of "${other.instance}", for ${left} more minute${
          left === 1 ? "" : "s"
        }`,
        "Finish that login, or cancel it with Ctrl-C where it was started; then try again",
      );
    }
    const login = { instance, until: now + minutes * 60_000, id: crypto.randomUUID() };
    await ensureFolder(paths.run);
    await replaceFile(loginFileOf(paths), `${JSON.stringify(login)}\n`);
    return login;
  });
}

export async function closePendingLogin(
  context: Context,
  matches: (login: PendingLogin) => boolean,
): Promise<void> {
  const { paths } = context;
  await locked(context, "login", async () => {
    const login = await readPendingLogin(paths);
    if (login && matches(login)) await removeIfPresent(loginFileOf(paths));
  });
}
