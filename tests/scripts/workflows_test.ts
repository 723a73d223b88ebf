import assert from "node:assert/strict";
import { join } from "node:path";
import { targets } from "../../scripts/build/targets.ts";
import { denoVersion } from "../../scripts/project.ts";
import { isMissing } from "../programs.ts";
import { project, run } from "./run.ts";

const read = (path: string) => Deno.readTextFile(join(project, path));
const workflows = ["ci.yml", "release.yml"].map((name) => `.github/workflows/${name}`);

Deno.test("every action is pinned by commit", async () => {
  for (const path of workflows) {
    const uses = [...(await read(path)).matchAll(/uses: (.*)$/gm)].map(([, use]) => use);
    assert(uses.length > 0);
    for (const use of uses) {
      assert.match(use, /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/, path);
    }
  }
});

Deno.test("workflows have no permissions but those a job names", async () => {
  for (const path of workflows) {
    const text = await read(path);
    assert.match(text, /^permissions: \{\}$/m, path);
    for (const job of jobsOf(text)) assert.match(job, /^ {4}permissions:$/m, job);
    assert.doesNotMatch(text, /write-all|read-all|pull_request_target/);
  }
  const writing = [...(await read(workflows[1])).matchAll(/^ {6}([\w-]+): write/gm)];
  assert.deepEqual(writing.map(([, name]) => name), ["contents", "id-token", "attestations"]);
});

Deno.test("the job that may write runs no code of the project and no package", async () => {
  const text = await read(workflows[1]);
  const writing = jobsOf(text).filter((job) => /^ {6}[\w-]+: write/m.test(job));
  assert.equal(writing.length, 1);
  const [publish] = writing;
  const uses = [...publish.matchAll(/uses: ([^@]+)@/g)].map(([, action]) => action);
  assert.deepEqual(uses, ["actions/download-artifact", "actions/attest-build-provenance"]);
  for (const script of scriptsIn(publish)) {
    assert.doesNotMatch(script, /\b(deno|node|npm|npx|git|curl)\b|\.\.?\//, script);
  }
});

Deno.test("text from outside is never spliced into a script of a workflow", async () => {
  for (const path of workflows) {
    const scripts = scriptsIn(await read(path));
    assert(scripts.length > 1);
    for (const script of scripts) assert.doesNotMatch(script, /\$\{\{/, path);
  }
});

function jobsOf(workflow: string): string[] {
  return workflow.slice(workflow.indexOf("\njobs:")).split(/^ {2}(?=\w+:$)/m).slice(1);
}

/** The scripts of a workflow's steps: a line, or a block that is indented further than its key. */
function scriptsIn(workflow: string): string[] {
  return [...workflow.matchAll(/^( +)(?:- )?run: (?:\|\n((?:\1 +.*\n|\n)+)|(.*))/gm)]
    .map(([, , block, line]) => block ?? line);
}

Deno.test({
  name: "the scripts of the workflows are clean for shellcheck",
  ignore: isMissing("shellcheck", "shellcheck"),
  fn: async () => {
    for (const path of workflows) {
      for (const text of scriptsIn(await read(path))) {
        const ran = await run("shellcheck", ["--shell=bash", "-"], {
          stdin: new TextEncoder().encode(text),
        });
        assert.equal(ran.code, 0, ran.stdout);
      }
    }
  },
});

Deno.test("both workflows build every target, on a machine of its own kind", async () => {
  for (const path of workflows) {
    const built = [...(await read(path)).matchAll(/target: ([\w-]+), runner: ([\w.-]+)/g)];
    assert.deepEqual(built.map(([, target]) => target).sort(), targets.map((t) => t.name).sort());
    for (const [, target, runner] of built) {
      const system = { linux: "ubuntu", apple: "macos", pc: "windows" }[target.split("-")[1]] ??
        "ubuntu";
      assert(runner.startsWith(system), `${target} on ${runner}`);
    }
  }
});

Deno.test("both workflows use every archive on the machine that packed it", async () => {
  for (const path of workflows) {
    const packing = scriptsIn(await read(path)).filter((script) => script.includes("release pack"));
    assert.equal(packing.length, 1, path);
    assert.match(
      packing[0],
      /release pack .*--target "\$TARGET"\n.*release try .*--target "\$TARGET"/,
    );
  }
});

Deno.test("the README's tests are run on every system, and on both processors", async () => {
  const [command] = /^npx --yes deno@[\d.]+ task test\b/m.exec(await read("README.md"))!;
  const job = jobsOf(await read(workflows[0])).find((job) => scriptsIn(job).includes(command))!;
  const runners = /runner: \[(.*)\]/.exec(job)![1].split(", ");
  const built = [...(await read(workflows[0])).matchAll(/target: [\w-]+, runner: ([\w.-]+)/g)];
  assert.deepEqual(runners.sort(), built.map(([, runner]) => runner).sort());
});

Deno.test("there is one version of Deno everywhere", async () => {
  for (const path of workflows) {
    assert.match(await read(path), new RegExp(`DENO_VERSION: ${denoVersion}$`, "m"), path);
  }
  for (const path of [".ci/run", "README.md", workflows[0]]) {
    const named = [...(await read(path)).matchAll(/deno@(\d+\.[\d.]*\d)/g)].map(([, version]) =>
      version
    );
    assert(named.length > 0, path);
    for (const version of named) assert.equal(version, denoVersion, path);
  }
});
