/**
 * Every place on disk that cmgr reads or writes, and what may be there instead.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { Home } from "../e2e/harness.ts";

/** A place, and the commands that have to do with it. */
export interface OddPlace {
  /** Its path below the home, `ID` for the name of the only entry of the trash. */
  readonly path: string;
  /** Whether a folder belongs there. */
  readonly isFolder: boolean;
  readonly commands: readonly string[];
  /** Commands that move or delete it like the right file. */
  readonly moving: readonly string[];
}

const file = (path: string, commands: string[], moving: string[] = []): OddPlace => ({
  path,
  isFolder: false,
  commands,
  moving,
});
const folder = (path: string, commands: string[], moving: string[] = []): OddPlace => ({
  path,
  isFolder: true,
  commands,
  moving,
});

const data = "sandboxes/work/.config/Claude";

/** All places. */
export const places: readonly OddPlace[] = [
  file(".cmgr/registry.json", ["create new", "list"]),
  file(".cmgr/port_registry.json", ["mcp work --reset-ports", "status work"]),
  file(".cmgr/config.jsonc", ["create new", "list"]),
  file(".cmgr/tools.jsonc", ["create new", "tools"]),
  file(".cmgr/lock", ["create new"]),
  file(".cmgr/run/work.json", ["list", "mcp work --reset-ports"]),
  file(".cmgr/run/work.exit", ["status work"]),
  file(".cmgr/run/.login.json", ["login work"]),
  file(".cmgr/logs/work.log", ["logs work"]),
  file(".cmgr/written/work.json", ["config work --diff", "mcp work --no-ports"]),
  file(".cmgr/replaced/work.json", ["mcp work --no-ports", "clone work new"]),
  file(".cmgr/backups/work/2020-01-01T00-00-00.000Z.json", ["config work --restore 2020"]),
  file(".cmgr/trash/ID/record.json", ["trash", "restore gone"]),
  file(".cmgr/trash/ID/written.json", [], ["restore gone"]),
  file(".cmgr/editing/work/claude_desktop_config.json", ["config work --edit"]),
  file(`${data}/claude_desktop_config.json`, ["mcp work --no-ports", "config work", "list"]),
  file(`${data}/logs/mcp-server-memory.log`, ["logs work --server memory"]),
  folder(".cmgr", ["create new", "mcp work --no-ports"]),
  folder(".cmgr/run", ["login work", "list"]),
  folder(".cmgr/backups", ["mcp work --no-ports", "config work --history"]),
  folder(".cmgr/backups/work", ["mcp work --no-ports", "config work --restore"], [
    "remove work --yes",
  ]),
  folder(".cmgr/written", ["mcp work --no-ports", "config work --diff"]),
  folder(".cmgr/replaced", ["mcp work --no-ports", "create new"]),
  folder(".cmgr/trash", ["trash", "remove work --yes", "restore gone"]),
  folder(".cmgr/trash/ID", ["trash", "restore gone", "trash --empty --yes"]),
  folder(".cmgr/trash/ID/sandbox", [], ["restore gone"]),
  folder(".cmgr/logs", ["logs work"]),
  folder(".cmgr/repairs", ["doctor --fix"]),
  folder(".cmgr/editing", ["config work --edit"]),
  folder(".cmgr/editing/work", ["config work --edit"]),
  folder("sandboxes", ["create new", "mcp work --no-ports"]),
  folder("sandboxes/new", ["create new", "clone work new"]),
  folder("sandboxes/.new.creating", [], ["create new"]),
  folder("sandboxes/.work.removing", [], ["remove work --yes --purge"]),
  folder("sandboxes/work", ["mcp work --no-ports", "config work"], ["remove work --yes"]),
  folder("sandboxes/work/.config", ["mcp work --no-ports", "config work"]),
  folder(data, ["mcp work --no-ports", "config work"]),
  folder(`${data}/logs`, ["logs work --server memory"]),
];

/** Something in place of a file or folder. */
export interface Kind {
  /** Puts it there; what was there is gone, or has been moved to `precious`. */
  readonly make: (path: string, home: Home) => Promise<void>;
  /** Whether it does harm in the place of a file, and in that of a folder. */
  readonly where: "files" | "folders" | "both";
  /** Whether it is as good as what should be there, so that it may be replaced. */
  readonly isSound?: true;
  /** Whether root alone may put it there. */
  readonly byRoot?: true;
}

/** What may be there. */
export const kinds: Readonly<Record<string, Kind>> = {
  "a symbolic link to what is the user's": {
    where: "both",
    make: async (path, home) => {
      const isFolder = (await Deno.stat(path)).isDirectory;
      await Deno.rename(path, home.at("precious"));
      await Deno.symlink(home.at("precious"), path, { type: isFolder ? "dir" : "file" });
    },
  },
  "a dangling symbolic link": {
    where: "both",
    make: async (path, home) => {
      await clear(path);
      await Deno.symlink(home.at("nowhere"), path);
    },
  },
  "a hard link to what is the user's": {
    where: "files",
    isSound: true,
    make: (path, home) => Deno.link(path, home.at("precious")),
  },
  "a folder": {
    where: "files",
    make: async (path) => {
      await clear(path);
      await Deno.mkdir(path);
      await Deno.writeTextFile(join(path, "own.txt"), "mine");
    },
  },
  "a file": {
    where: "folders",
    make: async (path) => {
      await clear(path);
      await Deno.writeTextFile(path, "mine");
    },
  },
  "a FIFO": { where: "both", make: (path) => replaceBy(path, "mkfifo", path) },
  "a device": {
    where: "both",
    byRoot: true,
    make: (path) => replaceBy(path, "mknod", path, "c", "1", "3"),
  },
};

async function replaceBy(path: string, program: string, ...args: string[]): Promise<void> {
  await clear(path);
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}

async function clear(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true });
}

/** Whether devices cannot be made here, for a test's `ignore`: root alone may. */
export const noDevices: boolean = (() => {
  const path = Deno.makeTempDirSync({ prefix: "cmgr-device-" });
  try {
    const args = [join(path, "null"), "c", "1", "3"];
    return !new Deno.Command("mknod", { args, stderr: "null" }).outputSync().success;
  } catch {
    return true;
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
})();
