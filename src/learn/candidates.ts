/**
 * Ways in which a server may let its ports be moved: by what its files and its help say, then by
 * the usual names. Pure.
 */
import type { PortRule } from "../catalogue/rule.ts";

export interface PackageText {
  /** Of the package, without its scope. */
  readonly name: string;
  readonly files: readonly string[];
  /** What it says of its options. */
  readonly help: string;
}

/** A way to move a port, and how much speaks for it. */
export interface Candidate {
  readonly port: PortRule;
  readonly weight: number;
}

/** Around a number, in characters: what stands there is probably about it. */
const nearby = 240;

const accessors = [
  /\benv\s*\??\.\s*(?:get\()?["'`]?([A-Z][A-Z0-9_]{2,60})/g,
  /\benv(?:iron)?\s*\??\.?\[\s*["'`]([A-Z][A-Z0-9_]{2,60})["'`]/g,
  /\b(?:environ\.get|getenv|LookupEnv|Getenv|env::var)\(\s*["'`]([A-Z][A-Z0-9_]{2,60})["'`]/g,
];
const portNames = /(?<![A-Z0-9_])\$?\{?([A-Z][A-Z0-9_]{0,50}PORT[A-Z0-9_]{0,20})\b/g;
const urlNames =
  /(?<![A-Z0-9_])([A-Z][A-Z0-9_]{1,50}_(?:URL|ORIGIN|ENDPOINT|ADDRESS|ADDR|LISTEN))\b/g;
const flagWords = /(?<![\w-])(--?[a-z][a-z0-9-]{0,40})(?![\w-])/g;

/** Names that say where something else is, or that every server is told anyway. */
const others =
  /^(?:npm_|MCP_PORT$|MCP_SERVER_PORT$|MCP_BASE_PORT$|NODE_|SUPPORT|.*(?:EXPORT|IMPORT|SUPPORT|REPORT|TRANSPORT|VIEWPORT|PASSPORT)(?!.*_PORT$))/;

/**
 * Variables that may hold a port, most specific first.
 *
 * @param bound The ports that are to be moved
 * @param most How many
 */
export function variableCandidates(
  text: PackageText,
  bound: readonly number[],
  most = 24,
): PortRule[] {
  const found = new Map<string, number>();
  const add = (name: string, weight: number) => {
    if (others.test(name)) return;
    found.set(name, Math.max(found.get(name) ?? 0, weight));
  };
  const texts = [...text.files, text.help];
  for (const file of texts) {
    const places = placesOf(file, bound);
    for (const pattern of accessors) {
      for (const { 1: name, index } of file.matchAll(pattern)) {
        const isPort = /PORT/.test(name);
        if (isNear(places, index)) add(name, isPort ? 100 : 70);
        else if (isPort) add(name, 60);
      }
    }
    for (const { 1: name, index } of file.matchAll(portNames)) {
      add(name, isNear(places, index) ? 90 : 50);
    }
  }
  const usual = usualVariables(text.name);
  usual.forEach((name, i) => add(name, 30 - i));
  return [...found].sort(([, a], [, b]) => b - a).slice(0, most)
    .map(([name]) => ({ variables: [name] }));
}

/** Variables whose value is an address with the port. */
export function addressCandidates(
  { files, help }: PackageText,
  bound: readonly number[],
  most = 6,
): PortRule[] {
  const found = new Set<string>();
  for (const file of [...files, help]) {
    const places = placesOf(file, bound);
    for (const { 1: name, index } of file.matchAll(urlNames)) {
      if (isNear(places, index)) found.add(name);
    }
  }
  return [...found].slice(0, most)
    .map((name) => ({ variables: [name], value: "http://127.0.0.1:{port}" }));
}

/**
 * Flags that may be followed by a port, most specific first.
 *
 * @param args The server's own arguments: a subcommand may have to come before the flag
 */
export function flagCandidates(
  { files, help }: PackageText,
  bound: readonly number[],
  args: readonly string[],
  most = 8,
): PortRule[] {
  const found = new Map<string, number>();
  const add = (flag: string, weight: number) =>
    found.set(flag, Math.max(found.get(flag) ?? 0, weight));
  for (const { 1: flag } of help.matchAll(flagWords)) {
    if (/port/.test(flag) && !/(?:ex|im|sup|re|trans|view)port/.test(flag)) add(flag, 100);
  }
  for (const file of files) {
    const places = placesOf(file, bound);
    for (const { 1: flag, index } of file.matchAll(flagWords)) {
      if (!/(?<![a-z])port(?![a-z])|^--[a-z]*port$/.test(flag)) continue;
      if (/(?:ex|im|sup|re|trans|view)port/.test(flag)) continue;
      add(flag, isNear(places, index) ? 90 : 70);
    }
  }
  ["--port", "--ws-port", "-p"].forEach((flag, i) => add(flag, 20 - i));
  const flags = [...found].sort(([, a], [, b]) => b - a).map(([flag]) => flag);
  const subcommand = args.find((word) => /^[a-z][a-z-]*$/.test(word));
  return flags.flatMap((flag): PortRule[] => [
    ...subcommand === undefined ? [] : [{ flag, after: subcommand }],
    { flag },
    ...flag.startsWith("--") ? [{ flag, syntax: "equals" as const }] : [],
  ]).slice(0, most);
}

/** `figma-ws-bridge` gives `FIGMA_WS_BRIDGE_PORT`, `WS_BRIDGE_PORT`, `BRIDGE_PORT`, `FIGMA_PORT` …. */
function usualVariables(name: string): string[] {
  const words = name.toUpperCase().split(/[^A-Z0-9]+/).filter((word) =>
    word !== "" && !/^\d/.test(word)
  );
  const own = words.filter((word) => !["MCP", "SERVER"].includes(word));
  const parts = [own, ...own.map((_, i) => own.slice(i)), ...own.map((_, i) => own.slice(0, i + 1))]
    .filter((part) => part.length > 0).map((part) => `${part.join("_")}_PORT`);
  return [
    ...new Set([...parts, "PORT", "WS_PORT", "HTTP_PORT", "SERVER_PORT", "WEBSOCKET_PORT"]),
  ].slice(0, 12);
}

/** Where one of the numbers stands. */
function placesOf(text: string, numbers: readonly number[]): readonly number[] {
  return numbers.flatMap((number) => {
    // Minifiers write 3e3 for 3000.
    const written = number % 1_000 === 0 ? `(?:${number}|${number / 1_000}e3)` : String(number);
    const pattern = new RegExp(`(?<![\\w.])${written}(?![\\w.])`, "g");
    return [...text.matchAll(pattern)].map(({ index }) => index);
  });
}

function isNear(places: readonly number[], index: number): boolean {
  return places.some((place) => Math.abs(place - index) <= nearby);
}
