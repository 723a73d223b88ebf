import { maskConfig } from "./secrets.ts";

interface Side {
  /** Shown in the head of the diff. */
  readonly name: string;
  readonly text: string;
}

/**
 * A unified diff, empty when the texts are the same. The texts are compared unmasked, so that a
 * changed secret is a changed line, and masked when shown.
 */
export async function diffConfigs(before: Side, after: Side): Promise<string> {
  if (before.text === after.text) return "";
  const { structuredPatch } = await import("diff");
  const { hunks } = structuredPatch("", "", before.text, after.text, "", "", { context: 3 });
  const [old, now] = [maskedLines(before.text), maskedLines(after.text)];
  const lines = [`--- ${before.name}`, `+++ ${after.name}`];
  for (const { oldStart, oldLines, newStart, newLines, lines: changed } of hunks) {
    lines.push(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`);
    let [inOld, inNew] = [oldStart - 1, newStart - 1];
    for (const line of changed) {
      const sign = line[0];
      if (sign === "\\") lines.push(line);
      else if (sign === "-") lines.push(`-${old(inOld++)}`);
      else {
        lines.push(`${sign}${now(inNew++)}`);
        if (sign === " ") inOld++;
      }
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Masking keeps every line in its place; text that is not JSON is masked as a whole. */
function maskedLines(text: string): (line: number) => string {
  const masked = maskConfig(text).split("\n");
  const isWhole = masked.length === text.split("\n").length;
  return (line) => isWhole ? masked[line] ?? "" : masked[0];
}
