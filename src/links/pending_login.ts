/** The login that takes links for one instance: on disk for the command that the browser starts. */
import * as v from "valibot";
import type { Context } from "../context.ts";
import { CmgrError } from "../errors.ts";
import { fields } from "../json/validate.ts";
import { loginFileOf, type Paths } from "../paths.ts";
import { locked } from "../registry/lock.ts";
import { readOptionalJson } from "../system/read_json.ts";
import { ensureFolder, removeIfPresent, replaceFile } from "../system/write.ts";

const schema = fields({
  instance: v.string(),
  /** Milliseconds since 1970. */
  until: v.number(),
  id: v.string(),
});

export type PendingLogin = Readonly<v.InferOutput<typeof schema>>;

export const longestMinutes = 60;

/** A login that ends later than any can was written before the clock was set back. */
export function isPending({ until }: PendingLogin, now: number): boolean {
  return now < until && until - now <= longestMinutes * 60_000;
}

/** The last one, pending or over. */
export async function readPendingLogin(paths: Paths): Promise<PendingLogin | undefined> {
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
    if (other && isPending(other, now)) {
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
