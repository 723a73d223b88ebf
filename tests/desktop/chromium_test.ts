/**
 * Chromium is the nearest there is to Electron: its single instance, its own sandbox, a real window.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { Home, succeeded } from "../e2e/harness.ts";
import { processesWith, until } from "../e2e/stand_in.ts";
import { cannotDropPrivileges, unprivileged } from "../e2e/unprivileged.ts";
import { any, isMissing, lacksBubblewrap } from "../programs.ts";

const ignore = any(
  lacksBubblewrap(),
  isMissing("chromium", "chromium"),
  isMissing("Xvfb", "xvfb"),
  cannotDropPrivileges,
);

/** Takes the app's place: a claude:// link becomes a page that this test serves. */
const launcher = (port: number) =>
  `#!/bin/sh
for word; do
  shift
  case $word in claude://*) word=http://127.0.0.1:${port}/link/\${word#claude://} ;; esac
  set -- "$@" "$word"
done
exec chromium --disable-gpu --disable-quic --no-first-run --disable-background-networking \\
  --disable-component-update --disable-sync --password-store=basic \\
  --user-agent="$CLAUDE_INSTANCE-$(tr -dc a-z </dev/urandom | head -c 12)" "$@" \\
  http://127.0.0.1:${port}/seen/
`;

Deno.test(
  "Chromium runs in two instances with its own sandbox on, takes links, and is stopped for good",
  {
    ignore,
  },
  async () => {
    const asked: { path: string; agent: string }[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const agent = request.headers.get("user-agent") ?? "";
        asked.push({ path: new URL(request.url).pathname, agent });
        return new Response("<title>here</title>", { headers: { "content-type": "text/html" } });
      },
    );
    await using display = await startDisplay();
    await using home = await Home.create();
    await home.write("apps/app", launcher(server.addr.port), 0o755);
    await Deno.chmod(home.at("apps", "app"), 0o755);
    const basePort = await home.basePort();
    await home.write(
      ".cmgr/config.jsonc",
      JSON.stringify({ basePort, launcher: home.at("apps", "app"), isolation: "bubblewrap" }),
    );
    const user = await unprivileged(home);
    const env = { DISPLAY: display.name };
    const ok = async (...args: string[]) => succeeded(await user.run(args, { env }), args).stdout;
    const pages = (path: string) =>
      asked.filter((one) => one.path.startsWith(path)).map(({ agent }) => agent);

    try {
      const names = ["one", "two"];
      for (const name of names) await ok("create", name, "--tools", "none");
      await ok("start", ...names);
      const agents = await until("both show their page", () => {
        const seen = names.map((name) =>
          pages("/seen/").find((agent) => agent.startsWith(`${name}-`))
        );
        return Promise.resolve(seen.every((agent) => agent !== undefined) && seen);
      });

      for (const name of names) {
        const { status, isolation } = JSON.parse(await ok("status", name, "--json"));
        assert.equal(`${status} ${isolation}`, "running bubblewrap");
        const renderers = await until(`${name} has a renderer`, async () => {
          const found = await renderersOf(home.at("sandboxes", name));
          return found.length > 0 && found;
        });
        for (const { args, seccomp, depth } of renderers) {
          assert.ok(!args.includes("--no-sandbox"));
          assert.equal(seccomp, 2, "system calls are filtered");
          assert.ok(depth > 2, "it has a pid namespace of its own, in that of the instance");
        }
      }

      // The one that runs opens the link: the same process requests the page.
      await ok("open", "one", "claude://first");
      await until("the link is opened", () => Promise.resolve(pages("/link/first").length > 0));
      assert.deepEqual(pages("/link/first"), [agents[0]]);
      await ok("open", "--route", "claude://second");
      await until("the link is opened", () => Promise.resolve(pages("/link/second").length > 0));
      assert.deepEqual(pages("/link/second"), [agents[0]], "it was opened last");
      await ok("open", "two", "claude://third");
      await until("the link is opened", () => Promise.resolve(pages("/link/third").length > 0));
      assert.deepEqual(pages("/link/third"), [agents[1]]);

      await ok("stop", "one");
      assert.deepEqual(await processesWith(home.at("sandboxes", "one")), []);
      assert.ok((await processesWith(home.at("sandboxes", "two"))).length > 3);
    } finally {
      await ok("stop", "--all");
    }
    assert.deepEqual(await processesWith(home.at("sandboxes", "two")), []);
  },
);

/** The processes that draw pages in a sandbox, as the kernel describes them. */
async function renderersOf(
  sandbox: string,
): Promise<{ args: string[]; seccomp: number; depth: number }[]> {
  const found = await Promise.all((await processesWith(sandbox)).map(async (pid) => {
    const read = (file: string) => Deno.readTextFile(`/proc/${pid}/${file}`).catch(() => "");
    // Chromium rewrites its arguments, separated by blanks.
    const args = (await read("cmdline")).split(/[\0 ]/);
    const status = await read("status");
    const seccomp = Number(/^Seccomp:\s+(\d+)/m.exec(status)?.[1]);
    const depth = /^NSpid:(.*)$/m.exec(status)?.[1].trim().split(/\s+/).length ?? 0;
    return args.includes("--type=renderer") ? [{ args, seccomp, depth }] : [];
  }));
  return found.flat();
}

/** A virtual display. */
async function startDisplay(): Promise<{ name: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "cmgr-display-" });
  const told = join(folder, "number");
  const child = new Deno.Command("sh", {
    args: [
      "-c",
      'exec Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp -ac 3>"$0"',
      told,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const stop = async () => {
    child.kill("SIGTERM");
    await child.status;
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const number = await until("the display is there", async () => {
      const text = await Deno.readTextFile(told).catch(() => "");
      return text.endsWith("\n") && text.trim();
    });
    return { name: `:${number}`, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
