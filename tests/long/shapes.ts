/** The shapes of JSON in the documentation, compared with what commands print by TypeScript itself. */
import assert from "node:assert/strict";
import { denoDir } from "../e2e/form.ts";

/** What was printed, and the type in the page that it must have. */
export interface Printed {
  readonly type: string;
  readonly json: string;
  /** The command. */
  readonly line: string;
}

/**
 * Checks that each object has exactly the fields of its type.
 *
 * @param page Its blocks `ts` declare the types
 */
export async function checkShapes(page: string, printed: readonly Printed[]): Promise<void> {
  const types = [...page.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
  // TypeScript refuses fields that are not in the type where a literal is written down.
  const values = printed.map(({ type, json, line }, i) =>
    `// ${line}\nexport const value${i}: ${type} = ${json};`
  );
  const folder = await Deno.makeTempDir({ prefix: "cmgr-shapes-" });
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, "{}");
    await Deno.writeTextFile(`${folder}/shapes.ts`, [...types, ...values].join("\n"));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "-q", "shapes.ts"],
      cwd: folder,
      env: { DENO_DIR: denoDir, NO_COLOR: "1" },
    }).output();
    assert(
      success,
      `docs/json.md and what is printed differ:\n${new TextDecoder().decode(stderr)}`,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
