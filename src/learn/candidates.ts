/**
 * Variables and flags that may move the ports of a server: first those that its files and its help
 * mention, then the usual ones. Pure.
 */
import type { PortRule } from "../catalogue/rule.ts";

export interface PackageText {
  /** Of the package, without its scope. */
  readonly name: string;
  readonly files: readonly string[];
  readonly help: string;
}

/** What stands within so many characters of a number is probably about it. */
const nearby = 240;

const accessors = [
  /\benv\s*\??\.\s*(?:get\()?["'`]?([A-Z][A-Z0-9_]{2,60})/g,
  /\benv(?:iron)?\s*\??\.?\[\s*["'`]([A-Z][A-Z0-9_]{2,60})["'`]/g,
  /\b(?:environ\.get|getenv|LookupEnv|Getenv|env::var)\(\s*["'`]([A-Z][A-Z0-9_]{2,60})["'`]/g,
];
const portNames = /(?<![A-Z0-9_])\$?\{?([A-Z][A-Z0-9_]{0,50}PORT[A-Z0-9_]{0,20})\b/g;
const urlNames =
  /(?<![A-Z0-9_])([A-Z][A-Z0-9_]{1,50}_(?:URL|ORIGIN|ENDPOINT|ADDRESS|ADDR|LISTEN))\b/g;
const portFlags = /(?<![\w-])(--?(?=[a-z0-9-]*port)[a-z][a-z0-9-]{0,40})(?![\w-])/g;

/** Names of something else, or of what every server gets. */
const otherVariables =
  /^(?:npm_|MCP_PORT$|MCP_SERVER_PORT$|MCP_BASE_PORT$|NODE_|SUPPORT|.*(?:EXPORT|IMPORT|SUPPORT|REPORT|TRANSPORT|VIEWPORT|PASSPORT)(?!.*_PORT$))/;
const otherFlags = /(?:ex|im|sup|re|trans|view)port/;

const mostVariables = 24;
const mostAddresses = 6;
const mostFlags = 8;

/**
 * Variables that may hold a port, most specific first.
 *
 * @param bound The ports that are to be moved
 */
export function variableCandidates(
  { name, files, help }: PackageText,
  bound: readonly number[],
): PortRule[] {
  const written = find([...files, help], [...accessors, portNames], bound)
    .map((found) => [found.name, weightOf(found)] as const);
  const usual = usualVariables(name).map((name, i) => [name, 30 - i] as const);
  const names = ranked(
    [...written, ...usual].filter(([name, weight]) => weight > 0 && !otherVariables.test(name)),
  );
  return names.slice(0, mostVariables).map((name) => ({ variables: [name] }));
}

function weightOf({ name, pattern, isNear }: Found): number {
  if (pattern === portNames) return isNear ? 90 : 50;
  if (name.includes("PORT")) return isNear ? 100 : 60;
  return isNear ? 70 : 0;
}

/** Variables whose value is an address with the port. */
export function addressCandidates(
  { files, help }: PackageText,
  bound: readonly number[],
): PortRule[] {
  const found = find([...files, help], [urlNames], bound).filter(({ isNear }) => isNear);
  return [...new Set(found.map(({ name }) => name))].slice(0, mostAddresses)
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
): PortRule[] {
  const inHelp = find([help], [portFlags], []).map(({ name }) => [name, 100] as const);
  const inFiles = find(files, [portFlags], bound)
    .filter(({ name }) => /(?<![a-z])port(?![a-z])|^--[a-z]*port$/.test(name))
    .map(({ name, isNear }) => [name, isNear ? 90 : 70] as const);
  const usual = ["--port", "--ws-port", "-p"].map((flag, i) => [flag, 20 - i] as const);
  const flags = ranked(
    [...inHelp, ...inFiles, ...usual].filter(([flag]) => !otherFlags.test(flag)),
  );
  const subcommand = args.find((word) => /^[a-z][a-z-]*$/.test(word));
  return flags.flatMap((flag): PortRule[] => [
    ...subcommand === undefined ? [] : [{ flag, after: subcommand }],
    { flag },
    ...flag.startsWith("--") ? [{ flag, syntax: "equals" as const }] : [],
  ]).slice(0, mostFlags);
}

/** `figma-ws-bridge` gives `FIGMA_WS_BRIDGE_PORT`, `WS_BRIDGE_PORT`, `BRIDGE_PORT`, `FIGMA_PORT` …. */
function usualVariables(name: string): string[] {
  const words = name.toUpperCase().split(/[^A-Z0-9]+/)
    .filter((word) => /^\D/.test(word) && !["MCP", "SERVER"].includes(word));
  const parts = [
    ...words.map((_, i) => words.slice(i)),
    ...words.map((_, i) => words.slice(0, i + 1)),
  ]
    .map((part) => `${part.join("_")}_PORT`);
  return [
    ...new Set([...parts, "PORT", "WS_PORT", "HTTP_PORT", "SERVER_PORT", "WEBSOCKET_PORT"]),
  ].slice(0, 12);
}

interface Found {
  readonly name: string;
  readonly pattern: RegExp;
  readonly isNear: boolean;
}

/** The names that patterns find in texts, and whether one of the numbers stands nearby. */
function find(
  texts: readonly string[],
  patterns: readonly RegExp[],
  numbers: readonly number[],
): Found[] {
  return texts.flatMap((text) => {
    const places = placesOf(text, numbers);
    return patterns.flatMap((pattern) =>
      [...text.matchAll(pattern)].map(({ 1: name, index }) => ({
        name,
        pattern,
        isNear: places.some((place) => Math.abs(place - index) <= nearby),
      }))
    );
  });
}

function placesOf(text: string, numbers: readonly number[]): number[] {
  return numbers.flatMap((number) => {
    // Minifiers write 3e3 for 3000.
    const written = number % 1_000 === 0 ? `(?:${number}|${number / 1_000}e3)` : String(number);
    const pattern = new RegExp(`(?<![\\w.])${written}(?![\\w.])`, "g");
    return [...text.matchAll(pattern)].map(({ index }) => index);
  });
}

/** By the highest weight that each name has. */
function ranked(weights: readonly (readonly [string, number])[]): string[] {
  const best = new Map<string, number>();
  for (const [name, weight] of weights) best.set(name, Math.max(best.get(name) ?? 0, weight));
  return [...best].sort(([, a], [, b]) => b - a).map(([name]) => name);
}
