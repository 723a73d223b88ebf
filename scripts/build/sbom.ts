/**
 * Last step: what a release is made of, as a CycloneDX document.
 *
 * @module
 */
import { denoVersion } from "../project.ts";
import type { Package } from "./packages.ts";

/** What the document describes. */
export interface Described {
  /** The version in `deno.json`. */
  readonly version: string;
  /** The commit. */
  readonly commit: string;
  /** The packages of the program. */
  readonly packages: readonly Package[];
  /** `npm` of `deno.lock`: by name and version. */
  readonly lock: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly integrity: string;
  /** Names, with a version where there are several. */
  readonly dependencies?: readonly string[];
}

/**
 * Writes the document: CycloneDX 1.6, see https://cyclonedx.org/docs/1.6/json/. Without a serial
 * number and a date, so that the same commit gives the same document.
 *
 * @param described What it describes
 * @returns The document as an object for JSON
 * @throws {Error} when a package is not in the lock
 */
export function sbom({ version, commit, packages, lock }: Described): object {
  const program = `pkg:generic/cmgr@${version}`;
  const runtime = `pkg:github/denoland/deno@v${denoVersion}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": program,
        name: "cmgr",
        version,
        purl: program,
        licenses: [{ license: { id: "MIT" } }],
        properties: [{ name: "commit", value: commit }],
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtime,
        name: "deno",
        version: denoVersion,
        purl: runtime,
        licenses: [{ license: { id: "MIT" } }],
      },
      ...packages.map((each) => ({
        type: "library",
        "bom-ref": purl(each),
        name: each.name,
        version: each.version,
        purl: purl(each),
        ...(each.inside ? {} : {
          hashes: [{ alg: "SHA-512", content: sha512Of(lockedOf(each, lock)) }],
        }),
      })),
    ],
    dependencies: [
      { ref: program, dependsOn: [runtime, ...packages.map(purl)] },
      ...packages.map((each) => ({
        ref: purl(each),
        dependsOn: packages.filter((other) => needs(each, other, lock)).map(purl),
      })),
    ],
  };
}

/** Of what a package needs, not all is in the program. */
function needs(each: Package, other: Package, lock: Described["lock"]): boolean {
  if (other.inside !== undefined) return other.inside === each.name;
  if (each.inside !== undefined) return false;
  const { dependencies = [] } = lockedOf(each, lock);
  return dependencies.some((id) => id === other.name || id.startsWith(`${other.name}@`));
}

function purl({ name, version }: Package): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

/** In the lock, `_` and the packages installed beside it may follow the version. */
function lockedOf({ name, version }: Package, lock: Described["lock"]): Locked {
  const id = `${name}@${version}`;
  const key = Object.keys(lock).find((key) => key === id || key.startsWith(`${id}_`));
  if (key === undefined) throw new Error(`deno.lock has no ${id}`);
  return lock[key];
}

function sha512Of({ integrity }: Locked): string {
  if (!integrity.startsWith("sha512-")) throw new Error(`${integrity} is no SHA-512`);
  return Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex();
}
