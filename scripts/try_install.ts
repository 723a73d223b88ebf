/**
 * Installs from a release in a folder, served on loopback, by the script for this
 * system: what `install.ps1` does can be tried on Windows alone.
 *
 *     deno run -A scripts/try_install.ts dist/release
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../deno.json" with { type: "json" };
import { project } from "./project.ts";

const isWindows = Deno.build.os === "windows";

/** Serves the files of a release under the addresses that GitHub would give them. */
function serve(folder: string, sums?: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const name = new URL(request.url).pathname.match(/^\/latest\/download\/([\w.-]+)$/)?.[1];
    if (name === undefined) return new Response("", { status: 404 });
    if (name === "SHA256SUMS" && sums !== undefined) return new Response(sums);
    return new Response((await Deno.open(join(folder, name))).readable);
  });
}

async function install(home: string, releases: string, ...options: string[]): Promise<boolean> {
  const [program, ...args] = isWindows
    ? ["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", "scripts/install.ps1"]
    : ["sh", "scripts/install.sh"];
  const { success, stderr, stdout } = await new Deno.Command(program, {
    args: [...args, ...options],
    cwd: project,
    env: { HOME: home, USERPROFILE: home, CMGR_RELEASES: releases, CMGR_INSTALL_DIR: "" },
  }).output();
  for (const bytes of [stdout, stderr]) await Deno.stderr.write(bytes);
  return success;
}

if (import.meta.main) {
  const [folder] = Deno.args;
  const home = await Deno.realPath(await Deno.makeTempDir({ prefix: "cmgr-install-" }));
  const place = join(home, ".local", "bin", isWindows ? "cmgr.exe" : "cmgr");
  const isThere = () => Deno.stat(place).then(() => true, () => false);
  const good = serve(folder);
  const sums = await Deno.readTextFile(join(folder, "SHA256SUMS"));
  const bad = serve(folder, sums.replaceAll(/^[0-9a-f]{8}/gm, "00000000"));
  const at = (server: Deno.HttpServer<Deno.NetAddr>) => `http://127.0.0.1:${server.addr.port}`;
  try {
    assert(!await install(home, at(bad)), "a wrong checksum is refused");
    assert(!await isThere(), "and nothing is installed");
    for (const _ of ["first", "second"]) {
      assert(await install(home, at(good)));
      const { stdout } = await new Deno.Command(place, { args: ["--version"] }).output();
      assert.equal(new TextDecoder().decode(stdout).trim(), config.version);
    }
    assert(await install(home, at(good), isWindows ? "-Uninstall" : "--uninstall"));
    assert(!await isThere(), "uninstalled");
    console.log("Installing, upgrading and uninstalling work");
  } finally {
    await Promise.all([good.shutdown(), bad.shutdown()]);
    await Deno.remove(home, { recursive: true });
  }
}
