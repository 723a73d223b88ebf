/**
 * What a release is made of, as a CycloneDX document.
 *
 * @module
 */
import type { Package } from "./packages.ts";

/** What the document describes. */
export interface Described {
  /** The version in `deno.json`. */
  readonly version: string;
  /** The commit. */
  readonly commit: string;
  /** The Deno that builds it, whose runtime is in the binary. */
  readonly deno: string;
  /** The packages of the program. */
  readonly packages: readonly Package[];
  /** `npm` of `deno.lock`: the integrity of each package, by id. */
  readonly lock: Readonly<Record<string, { readonly integrity: string }>>;
}

/**
 * Writes the document: CycloneDX 1.6, see https://cyclonedx.org/docs/1.6/json/. Without a serial
 * number and a date, so that the same commit gives the same document.
 *
 * @param described What it describes
 * @returns The document as an object for JSON
 * @throws {Error} when a package has no integrity in the lock
 */
export function sbom({ version, commit, deno, packages, lock }: Described): object {
  const program = `pkg:generic/cmgr@${version}`;
  const runtime = `pkg:github/denoland/deno@v${deno}`;
  const refs = new Map(packages.map((each) => [each.id, purl(each)]));
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
        version: deno,
        purl: runtime,
        licenses: [{ license: { id: "MIT" } }],
      },
      ...packages.map((each) => ({
        type: "library",
        "bom-ref": purl(each),
        name: each.name,
        version: each.version,
        purl: purl(each),
        hashes: [{ alg: "SHA-512", content: sha512Of(each.id, lock) }],
      })),
    ],
    dependencies: [
      { ref: program, dependsOn: [runtime, ...refs.values()] },
      ...packages.map((each) => ({
        ref: purl(each),
        // Of a package that is bundled, not all that it names is in the program.
        dependsOn: each.dependencies.flatMap((id) => refs.get(id) ?? []),
      })),
    ],
  };
}

function purl({ name, version }: Package): string {
  return `pkg:npm/${name.replace(/^@/, "%40")}@${version}`;
}

function sha512Of(id: string, lock: Described["lock"]): string {
  const integrity = lock[id]?.integrity;
  if (!integrity?.startsWith("sha512-")) throw new Error(`deno.lock has no SHA-512 of ${id}`);
  return Uint8Array.fromBase64(integrity.slice("sha512-".length)).toHex();
}
