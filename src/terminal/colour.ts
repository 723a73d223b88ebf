import { wantsColour } from "./output.ts";
import type { Io } from "./streams.ts";

const codes = { red: 31, green: 32, yellow: 33 } as const;

export type Colour = keyof typeof codes;

/** Leaves the text as it is where colours are off. */
export type Paint = (text: string, colour: Colour | undefined) => string;

/** For standard output. */
export function painter(io: Io): Paint {
  const isOn = wantsColour(io, io.stdoutIsTerminal);
  return (text, colour) =>
    isOn && colour !== undefined ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
}
