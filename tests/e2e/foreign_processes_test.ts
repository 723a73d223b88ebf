import assert from "node:assert/strict";
import { join } from "node:path";
import { isMissing } from "../programs.ts";
import { Home } from "./harness.ts";
import { until } from "./stand_in.ts";
import { lacksRoot } from "./unprivileged.ts";

const linux = Deno.build.os === "linux";

/** An app that opens a page as `xdg-open` does, and drives a browser as a server does. */
const app = `#!/bin/sh
"\${0%/*}/firefox" 60 &
echo $! > "$HOME/opened"
sh -c 'exec "$0" 60 --user-data-dir=/tmp/driven' "\${0%/*}/chromium" &
echo $! > "$HOME/driven"
exec sleep 60
`;

async function homeWithApp(text: string): Promise<Home> {
  const home = await Home.create();
  await home.write("app", text, 0o700);
  const settings = {
    basePort: await home.basePort(),
    launcher: home.at("app"),
    isolation: "profile",
  };
  await home.write(".cmgr/config.jsonc", JSON.stringify(settings));
  await home.ok("create", "work", "--tools", "none");
  return home;
}

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}

Deno.test({
  name: "stop leaves the browser alone that the app opened for its user, and ends the one it drove",
  ignore: !linux,
  fn: async () => {
    await using home = await homeWithApp(app);
    // A script has the name of its own file.
    const browser = "#!/bin/sh\ni=0; while [ $i -lt 600 ]; do sleep 0.1; i=$((i + 1)); done\n";
    await home.write("firefox", browser, 0o700);
    await home.write("chromium", browser, 0o700);
    await home.program.ok("start", "work");
    const pidIn = async (file: string) =>
      await until(file, async () => Number(await home.read(file).catch(() => "")) || undefined);
    const [opened, driven] = [await pidIn("opened"), await pidIn("driven")];
    try {
      await home.program.ok("stop", "work", "--timeout", "1");
      assert.ok(isAlive(opened), "the user's browser runs on");
      assert.ok(!isAlive(driven), "the driven one is gone");
      assert.equal((await home.json("status", "work")).status, "stopped");
      assert.match(await home.ok("doctor"), /No instance has crashed/);
    } finally {
      Deno.kill(opened, "SIGKILL");
    }
  },
});

Deno.test({
  name: "a shell with the sandbox's bin on its PATH is not the instance: stop lets it live",
  ignore: !linux,
  fn: async () => {
    await using home = await homeWithApp("#!/bin/sh\nexec sleep 60\n");
    await home.program.ok("start", "work");
    // What a process was started with is what others see of its variables.
    const variables = home.environment();
    const PATH = `${home.at("sandboxes/work/.local/bin")}:${variables.PATH}`;
    const shell = ["sh", "-c", '"$@"; echo survived $?', "sh", ...home.argv()];
    const { stdout, stderr } = await home.process(shell.concat("stop", "work"), {
      bare: true,
      env: { PATH },
    });
    assert.match(stdout, /survived 0/, stderr);
    assert.equal((await home.json("status", "work")).status, "stopped");
  },
});

Deno.test({
  name: "stop that is called from inside the instance ends nothing and says why",
  ignore: !linux,
  fn: async () => {
    await using own = await homeWithApp("");
    const { DENO_DIR } = { ...await own.onPath(), ...own.environment() };
    await own.write(
      "app",
      `#!/bin/sh\nDENO_DIR='${DENO_DIR}' '${own.at("bin/cmgr")}' stop work > '${
        own.at("said")
      }' 2>&1\n` +
        `echo "code $?" >> '${own.at("said")}'\nexec sleep 60\n`,
      0o700,
    );
    await own.program.ok("start", "work");
    try {
      const said = await until("the app was refused", async () => {
        const text = await own.read("said").catch(() => "");
        return /code/.test(text) && text;
      });
      assert.match(said, /"work" cannot be stopped from inside/);
      assert.match(said, /code 4/);
      assert.equal((await own.json("status", "work")).status, "running");
    } finally {
      await own.program.ok("stop", "work", "--timeout", "1");
    }
  },
});

Deno.test({
  name:
    "another user's process with the data folder in its arguments blocks neither start nor stop",
  ignore: !linux || isMissing("setpriv", "util-linux") || lacksRoot(),
  fn: async () => {
    await using home = await homeWithApp("#!/bin/sh\nexec sleep 60\n");
    const folder = join(home.path, "sandboxes/work/.config/Claude");
    const foreign = new Deno.Command("setpriv", {
      args: ["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", "sleep 60; :", "x"]
        .concat(`--user-data-dir=${folder}`),
    }).spawn();
    try {
      await until("it runs as another", async () => {
        const status = await Deno.readTextFile(`/proc/${foreign.pid}/status`).catch(() => "");
        return /Name:\s+sh/.test(status);
      });
      await home.program.ok("start", "work");
      await home.program.ok("stop", "work", "--timeout", "1");
      assert.ok(isAlive(foreign.pid));
    } finally {
      foreign.kill("SIGKILL");
      await foreign.status;
    }
  },
});
