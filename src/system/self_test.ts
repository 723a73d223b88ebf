/**
 * Tries, from inside the running program, what it must not be able to do. Nothing that is read is
 * kept or shown; what a failing protection lets it write is removed again.
 */
import { join } from "node:path";
import { CmgrError, messageOf } from "../errors.ts";
import { ensureFolder, removeIfPresent } from "./write.ts";
import { readTextIfPresent } from "./read.ts";
import type { Paths } from "../paths.ts";

export interface ForbiddenAct {
  readonly attempt: string;
  readonly refused: boolean;
  /** Who refused it, or what happened instead. */
  readonly answer: string;
}

/** @param link A path in a sandbox that leads out of it through a symbolic link, to try that too */
export async function runSelfTest(
  paths: Paths,
  os: string,
  link?: string,
): Promise<ForbiddenAct[]> {
  const system = os === "windows" ? "C:\\Windows\\win.ini" : "/etc/passwd";
  const program = os === "windows" ? "whoami" : "id";
  const note = "cmgr-self-test";
  const above = `${paths.sandboxes}/../${note}`;
  const attempts: [string, () => unknown][] = [
    [`read ${system}`, () => Deno.readFile(system)],
    ["read the home folder", () => Array.fromAsync(Deno.readDir(paths.home))],
    ["read ~/.ssh", () => Array.fromAsync(Deno.readDir(join(paths.home, ".ssh")))],
    ["read ~/sandboxes/../.ssh", () => Deno.stat(`${paths.sandboxes}/../.ssh`)],
    ["write into the home folder", () => writeAndRemove(join(paths.home, note))],
    [`write ~/sandboxes/../${note}`, () => writeAndRemove(above)],
    ["write into the system's temporary folder", () => Deno.makeTempFile().then(Deno.remove)],
    ["create a symbolic link", () => Deno.symlink(system, join(paths.state, note))],
    [`run ${program}`, () => new Deno.Command(program, { stdout: "null" }).output()],
    ["read the variable SSH_AUTH_SOCK", () => Deno.env.get("SSH_AUTH_SOCK")],
    ["read all variables", () => Deno.env.toObject()],
    ["set a variable", () => Deno.env.set("CMGR_SELF_TEST", "1")],
    ["learn the name of this machine", () => Deno.hostname()],
    ["start a thread with more permissions", () => startFreeWorker()],
  ];
  if (link !== undefined) {
    attempts.push(
      [`read ${link}`, () => readTextIfPresent(link)],
      [
        `write below ${link}`,
        () => ensureFolder(join(link, note)).then(() => removeIfPresent(join(link, note))),
      ],
      [`open ${link} past cmgr's own guard and look at it`, () => openAndLook(link)],
    );
  }
  return [...await Promise.all(attempts.map(make)), ...await askOnly()];
}

async function make([attempt, act]: [string, () => unknown]): Promise<ForbiddenAct> {
  try {
    await act();
    return { attempt, refused: false, answer: "it was allowed" };
  } catch (error) {
    // Any other error, such as a missing file, means that it was not refused.
    const byDeno = error instanceof Deno.errors.NotCapable;
    const byGuard = error instanceof CmgrError && /symbolic link/.test(error.message);
    const answer = byDeno ? "refused by the runtime" : messageOf(error);
    return { attempt, refused: byDeno || byGuard, answer };
  }
}

/** Only queried, so that no connection is ever made. */
async function askOnly(): Promise<ForbiddenAct[]> {
  const questions: [string, Deno.PermissionDescriptor][] = [
    ["connect to example.com", { name: "net", host: "example.com:443" }],
    ["connect to 192.0.2.1", { name: "net", host: "192.0.2.1:443" }],
    ["import code from deno.land", { name: "import", host: "deno.land:443" }],
    ["load a native library", { name: "ffi" }],
    ["read anything", { name: "read" }],
    ["write anything", { name: "write" }],
    ["run anything", { name: "run" }],
  ];
  return await Promise.all(questions.map(async ([attempt, question]) => {
    const { state } = await Deno.permissions.query(question);
    return { attempt, refused: state !== "granted", answer: `the permission is ${state}` };
  }));
}

function startFreeWorker(): void {
  const options = { type: "module", deno: { permissions: { read: true } } } as const;
  new Worker("data:text/javascript,", options).terminate();
}

async function writeAndRemove(path: string): Promise<void> {
  await Deno.writeTextFile(path, "", { createNew: true });
  await Deno.remove(path);
}

/** The runtime follows a link when it opens a file, and checks the file when it reads its state. */
async function openAndLook(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.stat();
}
