/**
 * `deno task release`: lays out what a release consists of, in `dist/release`.
 *
 * - `pack [--target T…]` compiles the portable binary and puts it into an archive;
 * - `try [--target T]` unpacks the archive for this machine and uses what is in it;
 * - `finish` adds install scripts, SBOM and SHA256SUMS, once the archives of all targets are there.
 *
 * With `--tag vX.Y.Z`, each refuses when `deno.json` has another version.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import config from "../deno.json" with { type: "json" };
import { type Entry, tarGz, zip } from "./archive.ts";
import { bundle } from "./build/bundle.ts";
import { commitOf } from "./build/commit.ts";
import { compile } from "./build/compile.ts";
import { licences } from "./build/licences.ts";
import { sbom } from "./build/sbom.ts";
import { type Target, targetNamed, targets } from "./build/targets.ts";
import { denoVersion, project } from "./project.ts";
import { tryOut } from "./try_out.ts";

/** The other files of a release. */
const scripts = ["install.sh", "install.ps1"];

/** File name of the archive for a target: without a version, so that its address never changes. */
export function archiveOf({ name, archive }: Target): string {
  return `cmgr-${name}.${archive}`;
}

async function pack(folder: string, wanted: readonly Target[], commit: string): Promise<void> {
  await using bundled = await bundle(commit);
  const texts: Entry[] = [
    ...await Promise.all(["LICENSE", "README.md"].map(async (name) => ({
      name,
      content: await Deno.readTextFile(join(project, name)),
    }))),
    {
      name: "THIRD-PARTY-LICENSES.txt",
      content: await licences(bundled.packages),
    },
  ];
  for (const target of wanted) {
    const file = `cmgr${target.suffix}`;
    const output = join(folder, ".binaries", target.name, file);
    await compile(bundled, { target, home: undefined, output });
    const content = await Deno.readFile(output);
    await Deno.remove(join(folder, ".binaries"), { recursive: true });
    const top = `cmgr-${target.name}`;
    const entries = [{ name: file, content, isProgram: true }, ...texts]
      .map((entry) => ({ ...entry, name: `${top}/${entry.name}` }));
    const bytes = target.archive === "zip" ? zip(entries) : tarGz(entries);
    await Deno.writeFile(join(folder, archiveOf(target)), bytes);
    console.log(join(folder, archiveOf(target)));
  }
}

async function finish(folder: string, wanted: readonly Target[], commit: string): Promise<void> {
  for (const name of scripts) {
    await Deno.copyFile(join(project, "scripts", name), join(folder, name));
  }
  await using bundled = await bundle(commit);
  const document = sbom({
    version: config.version,
    commit,
    packages: bundled.packages,
    lock: JSON.parse(await Deno.readTextFile(join(project, "deno.lock"))).npm,
  });
  const bom = "cmgr.cdx.json";
  await Deno.writeTextFile(join(folder, bom), `${JSON.stringify(document, undefined, 2)}\n`);
  const names = [...wanted.map(archiveOf), ...scripts, bom].sort();
  const present = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const missing = names.filter((name) => !present.includes(name));
  if (missing.length > 0) throw new Error(`Not in ${folder}: ${missing.join(", ")}`);
  const extra = present.filter((name) => ![...names, "SHA256SUMS"].includes(name));
  if (extra.length > 0) throw new Error(`Not part of a release: ${extra.join(", ")}`);
  const lines = await Promise.all(names.map(async (name) => {
    const bytes = await Deno.readFile(join(folder, name));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    return `${hash}  ${name}\n`;
  }));
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), lines.join(""));
  console.log(join(folder, "SHA256SUMS"));
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      target: { type: "string", multiple: true },
      tag: { type: "string" },
      folder: { type: "string", default: "dist/release" },
    },
  });
  if (values.tag !== undefined && values.tag !== `v${config.version}`) {
    throw new Error(`The tag is ${values.tag}, and deno.json has the version ${config.version}`);
  }
  const commit = await commitOf(project);
  if (commit === null) throw new Error("A release is made from a git checkout");
  if (values.tag !== undefined && commit.endsWith("-dirty")) {
    throw new Error("A release is made from a commit, and files differ from it");
  }
  const folder = isAbsolute(values.folder) ? values.folder : join(project, values.folder);
  await Deno.mkdir(folder, { recursive: true });
  const here = [Deno.build.target];
  const [step, ...others] = positionals;
  if (others.length > 0) throw new Error(`Unexpected: ${others.join(" ")}`);
  switch (step) {
    case "pack":
      return await pack(folder, (values.target ?? here).map(targetNamed), commit);
    case "try":
      for (const target of (values.target ?? here).map(targetNamed)) {
        await tryOut(join(folder, archiveOf(target)), target, {
          version: config.version,
          commit,
          target: target.name,
          // Without a tag it may be tried with another runtime, which DENORT_BIN names.
          ...(values.tag === undefined ? {} : { deno: denoVersion }),
        });
        console.log(`${archiveOf(target)} works`);
      }
      return;
    case "finish":
      return await finish(folder, values.target?.map(targetNamed) ?? targets, commit);
    default:
      throw new Error("Say what to do: pack, try or finish");
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
