/**
 * Loaded before the program, this makes every change of a file a failure point: one before it and
 * one after. The variable `CMGR_FAULT` says what happens where:
 *
 * - `count`: nothing; at the end the number of points is said on standard error.
 * - `kill:N`: the process is killed at point N, as by SIGKILL or a power cut.
 * - `ENOSPC:N`, `EACCES:N`, `EIO:N`, `EROFS:N`: the change at point N fails with that error, and so
 *   does every change after it, as a full or failing disk would have it.
 *
 * @module
 */
const [kind, number] = (Deno.env.get("CMGR_FAULT") ?? "count").split(":");
const failing = Number(number ?? Infinity);
let point = 0;

const errors: Record<string, () => Error> = {
  ENOSPC: () => new Error("No space left on device (os error 28)"),
  EACCES: () => new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
  EIO: () => new Error("Input/output error (os error 5)"),
  EROFS: () => new Error("Read-only file system (os error 30)"),
};

function here(isBefore: boolean): void {
  point++;
  if (kind === "kill" && point === failing) {
    new Deno.Command("sh", { args: ["-c", "kill -KILL $PPID"] }).outputSync();
  } else if (isBefore && kind in errors && point >= failing) throw errors[kind]();
}

// deno-lint-ignore no-explicit-any
type Method = (...args: any[]) => any;

function wrap(holder: object, name: string, isChange: (args: unknown[]) => boolean): void {
  const methods = holder as Record<string, Method>;
  const real = methods[name];
  const isAsync = !name.endsWith("Sync");
  methods[name] = isAsync
    ? async function (this: unknown, ...args) {
      if (!isChange(args)) return await real.apply(this, args);
      here(true);
      const result = await real.apply(this, args);
      here(false);
      return result;
    }
    : function (this: unknown, ...args) {
      if (!isChange(args)) return real.apply(this, args);
      here(true);
      const result = real.apply(this, args);
      here(false);
      return result;
    };
}

const always = () => true;
const opensForChange = ([, options]: unknown[]) => {
  const { write, append, create, createNew } = (options ?? {}) as Deno.OpenOptions;
  return Boolean(write || append || create || createNew);
};
for (const suffix of ["", "Sync"]) {
  for (
    const name of [
      "rename",
      "remove",
      "mkdir",
      "chmod",
      "truncate",
      "writeFile",
      "writeTextFile",
      "symlink",
      "link",
      "copyFile",
    ]
  ) wrap(Deno, name + suffix, always);
  wrap(Deno, `open${suffix}`, opensForChange);
  for (const name of ["write", "sync", "truncate"]) {
    wrap(Deno.FsFile.prototype, name + suffix, always);
  }
}

if (kind === "count") {
  addEventListener("unload", () => console.error(`failure points: ${point}`));
}
