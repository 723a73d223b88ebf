import { Help } from "@commander-js/extra-typings";

/** Wraps notes as commander wraps options; indented lines are commands to copy, and stay. */
export function wrapNotes(text: string, width: number): string {
  const paragraphs = text.split("\n\n").map((paragraph) => {
    const lines = paragraph.split("\n");
    const fits = lines.every((line) => line.length <= width);
    if (fits || lines.some((line) => line.startsWith(" "))) return paragraph;
    const before = lines[0] === "" ? "\n" : "";
    return before + new Help().boxWrap(lines.join(" ").trim(), width);
  });
  return paragraphs.join("\n\n");
}
