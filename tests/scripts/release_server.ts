/**
 * Installing from a release that is served on loopback.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { project, type Ran, run, temporaryFolder } from "./run.ts";

/** The script that installs. */
export const installScript: string = join(project, "scripts/install.sh");

/** A release as `deno task release` lays it out, served on loopback, and a home to install into. */
export class Stage implements AsyncDisposable {
  /** What is served in place of a file of the release. */
  readonly instead = new Map<string, () => Response>();
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => new Response() },
    (request) => this.#serve(new URL(request.url).pathname),
  );

  private constructor(readonly home: string, private readonly folder: string) {}

  /**
   * Serves a release.
   *
   * @param folder Where it is laid out
   */
  static async create(folder: string): Promise<Stage> {
    const { path } = await temporaryFolder();
    return new Stage(path, folder);
  }

  /** Where the releases are. */
  get releases(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Where cmgr goes. */
  get program(): string {
    return join(this.home, ".local/bin/cmgr");
  }

  /** Runs the install script to its end. */
  async install(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ran> {
    return await run("sh", [installScript, ...args], {
      cwd: this.home,
      env: { HOME: this.home, CMGR_RELEASES: this.releases, CMGR_INSTALL_DIR: "", ...env },
    });
  }

  /** Installs, which must fail with this reason and change nothing. */
  async refuses(reason: RegExp, args: readonly string[] = [], env = {}): Promise<void> {
    const before = await this.files();
    const { code, stderr } = await this.install(args, env);
    assert.equal(code, 1, stderr);
    assert.match(stderr, reason);
    assert.deepEqual(await this.files(), before);
  }

  /** Puts a program of the test's own where cmgr goes. */
  async putProgram(text: string): Promise<void> {
    await Deno.mkdir(dirname(this.program), { recursive: true });
    await Deno.writeTextFile(this.program, text, { mode: 0o755 });
  }

  /** Everything in the home: paths, and the content of small files. */
  async files(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    const walk = async (folder: string) => {
      for await (const { name, isFile } of Deno.readDir(join(this.home, folder))) {
        const path = join(folder, name);
        if (!isFile) await walk(path);
        else {
          const { size } = await Deno.stat(join(this.home, path));
          found[path] = size > 10_000
            ? `${size} bytes`
            : await Deno.readTextFile(join(this.home, path));
        }
      }
    };
    await walk("");
    return found;
  }

  async #serve(path: string): Promise<Response> {
    const [, name] = path.match(/^\/(?:latest\/download|download\/v[\d.]+)\/([\w.-]+)$/) ?? [];
    if (name === undefined) return new Response("no such page", { status: 404 });
    const other = this.instead.get(name);
    if (other) return other();
    const file = await Deno.open(join(this.folder, name));
    return new Response(file.readable);
  }

  /** Ends the server and deletes the home. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    await Deno.remove(this.home, { recursive: true });
  }
}
