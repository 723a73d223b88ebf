/**
 * Makes every change of a file a failure point: one before it, one after it, and one half-way
 * through what has a half: a write, a copy, a tree of folders that is made or deleted.
 *
 * Loaded before the program, it does what the variable `CMGR_FAULT` says; a test may import it and
 * say it itself. A fault is one of these:
 *
 * - `count`: nothing; the points are counted, and how many of them are chances to fail: those after
 *   a change are none.
 * - `kill:N`: the process is killed at point N, as by SIGKILL or a power cut.
 * - `stop:N`: the process is stopped at point N, until it is continued.
 * - `ENOSPC:N`, `EACCES:N`, `EIO:N`, `EROFS:N`: chance N fails with that error, and so does every
 *   one after it, as a full or failing disk would have it.
 * - `EIO:N:once` and so on: chance N alone fails, so that what takes a change back can.
 *
 * @module
 */
let [isArmed, kind, chosen, isOnce] = [false, "count", Infinity, false];
let [points, chances] = [0, 0];

/** From now on changes are counted, and the fault comes when it is its turn. */
export function arm(fault: string): void {
  const [name, number = "Infinity", manner] = fault.split(":");
  [isArmed, kind, chosen, isOnce] = [true, name, Number(number), manner === "once"];
  [points, chances] = [0, 0];
}

/** Lets everything be as it is without faults. */
export function disarm(): { readonly points: number; readonly chances: number } {
  isArmed = false;
  return { points, chances };
}

const errors: Record<string, [number, string, new (message: string) => Error]> = {
  ENOSPC: [28, "No space left on device", Error],
  EACCES: [13, "Permission denied", Deno.errors.PermissionDenied],
  EIO: [5, "Input/output error", Error],
  EROFS: [30, "Read-only file system", Error],
};
const signals: Record<string, string> = { kill: "KILL", stop: "STOP" };

function point(): void {
  points++;
  if (kind in signals && points === chosen) {
    new Deno.Command("sh", { args: ["-c", `kill -${signals[kind]} $PPID`] }).outputSync();
  }
}

/** A point at which the change may fail too. */
function chance(): void {
  point();
  chances++;
  if (!(kind in errors)) return;
  if (isOnce ? chances !== chosen : chances < chosen) return;
  const [code, text, type] = errors[kind];
  throw Object.assign(new type(`${text} (os error ${code})`), { code: kind });
}

// deno-lint-ignore no-explicit-any
type Method = (...args: any[]) => any;

function wrap(holder: object, name: string, around: (real: Method) => Method): void {
  const methods = holder as Record<string, Method>;
  const real = methods[name];
  const wrapped = around(real);
  methods[name] = function (this: unknown, ...args) {
    return (isArmed ? wrapped : real).apply(this, args);
  };
}

/** A change that is there as a whole or not at all. */
const atOnce = (isChange: (...args: unknown[]) => boolean) => (real: Method): Method =>
  function (this: unknown, ...args) {
    if (!isChange(...args)) return real.apply(this, args);
    chance();
    const result = real.apply(this, args);
    point();
    return result;
  };

const always = atOnce(() => true);
for (const name of ["rename", "chmod", "truncate", "symlink", "link", "utime", "chown"] as const) {
  wrap(Deno, `${name}Sync`, always);
}
for (const name of ["sync", "syncData", "truncate", "utime"] as const) {
  wrap(Deno.FsFile.prototype, `${name}Sync`, always);
}
wrap(
  Deno,
  "openSync",
  atOnce((_path, options) => {
    const { write, append, create, createNew } = (options ?? {}) as Deno.OpenOptions;
    return Boolean(write || append || create || createNew);
  }),
);

wrap(
  Deno.FsFile.prototype,
  "writeSync",
  (real) =>
    function (this: Deno.FsFile, bytes: Uint8Array) {
      chance();
      const half = real.call(this, bytes.subarray(0, Math.ceil(bytes.length / 2)));
      chance();
      const rest = half < bytes.length ? real.call(this, bytes.subarray(half)) : 0;
      point();
      return half + rest;
    },
);

wrap(
  Deno,
  "writeTextFileSync",
  () => (path: string, text: string, options: Deno.WriteFileOptions = {}) => {
    const { append = false, create = true, createNew = false, mode } = options;
    const how = { write: !append, append, create, createNew, truncate: !append, mode };
    using file = Deno.openSync(path, how);
    file.writeSync(new TextEncoder().encode(text));
  },
);

const { writeFileSync } = Deno;
wrap(Deno, "copyFileSync", (real) => (from: string, to: string) => {
  chance();
  const bytes = Deno.readFileSync(from);
  writeFileSync(to, bytes.subarray(0, bytes.length / 2));
  chance();
  real(from, to);
  point();
});

const oneFolder = always(Deno.mkdirSync);
wrap(Deno, "mkdirSync", () => (path: string, options: Deno.MkdirOptions = {}) => {
  const { recursive = false, ...others } = options;
  if (!recursive) return oneFolder(path, options);
  const missing: string[] = [];
  for (let at = path; !isFolder(at); at = at.slice(0, at.lastIndexOf("/"))) missing.unshift(at);
  for (const folder of missing) oneFolder(folder, others);
});

const oneEntry = always(Deno.removeSync);
wrap(Deno, "removeSync", () => (path: string, options: Deno.RemoveOptions = {}) => {
  if (options.recursive && Deno.lstatSync(path).isDirectory) {
    for (const { name } of Deno.readDirSync(path)) Deno.removeSync(`${path}/${name}`, options);
  }
  oneEntry(path);
});

/** What is done in a thread of its own passes the points of the same done at once. */
function alsoInThreads(holder: object, names: readonly string[]): void {
  for (const name of names) {
    wrap(holder, name, () =>
      function (this: unknown, ...args) {
        const atOnce = (holder as Record<string, Method>)[`${name}Sync`];
        return new Promise((resolve) => resolve(atOnce.apply(this, args)));
      });
  }
}

alsoInThreads(Deno, [
  ...["open", "rename", "remove", "mkdir", "chmod", "chown", "truncate", "utime"],
  ...["writeTextFile", "copyFile", "symlink", "link"],
]);
alsoInThreads(Deno.FsFile.prototype, ["write", "sync", "syncData", "truncate", "utime"]);

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    // What the program may not see is there.
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** What the program does not use has no points; were it to use it, their number must not lie. */
for (const name of ["create", "writeFile", "makeTempDir", "makeTempFile"]) {
  wrap(Deno, name, () => refuse(name));
  wrap(Deno, `${name}Sync`, () => refuse(`${name}Sync`));
}

function refuse(name: string): Method {
  return () => {
    throw new Error(`${name} has no failure points: give it some`);
  };
}

const fault = Deno.env.get("CMGR_FAULT");
if (fault !== undefined) arm(fault);
