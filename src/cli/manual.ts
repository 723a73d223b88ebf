/** Writes the manual page `cmgr.1` in the man(7) macros. Pure. */

export interface ManualEntry {
  readonly name: string;
  readonly description: string;
  /** Arguments and options, without the name of the command. */
  readonly usage: string;
  readonly terms: readonly (readonly [term: string, meaning: string])[];
  readonly notes: string;
}

/** When the text in this module last changed. */
const date = "2026-11-24";

const exits: readonly (readonly [string, string])[] = [
  ["0", "Done."],
  ["1", "Failed."],
  ["2", "The command line, or input that was given, is not valid."],
  ["3", "No instance has that name."],
  ["4", "Conflict: it exists or is running, or another cmgr holds the lock."],
  ["5", "No ports are left."],
  ["6", "One of cmgr's own files is damaged."],
  ["70", "A bug in cmgr."],
  ["130", "Interrupted by Ctrl-C or another signal."],
];

const files: readonly (readonly [string, string])[] = [
  ["~/.cmgr/registry.json", "The instances."],
  ["~/.cmgr/port_registry.json", "Their ranges and ports."],
  ["~/.cmgr/config.jsonc", "Settings: basePort, portRange, launcher, isolation."],
  ["~/.cmgr/tools.jsonc", "Your own rules for MCP servers."],
  ["~/.cmgr/backups/", "Backups of configs, the newest 20 per instance."],
  ["~/.cmgr/trash/", "Removed instances."],
  ["~/sandboxes/NAME/", "The sandbox of an instance."],
  ["~/sandboxes/NAME/.config/Claude/claude_desktop_config.json", "The config of an instance."],
];

const variables: readonly (readonly [string, string])[] = [
  ["MCP_BASE_PORT, MCP_PORT_RANGE", "First port of the first range, and the size of a new range."],
  ["VISUAL, EDITOR", "The editor for cmgr config NAME --edit."],
  ["NO_COLOR, FORCE_COLOR", "Turn colour off, or on without a terminal."],
];

/** @param topics The pages of the documentation, as plain text */
export function writeManual(
  version: string,
  entries: readonly ManualEntry[],
  topics: readonly { readonly name: string; readonly text: string }[],
): string {
  return [
    `.TH CMGR 1 "${date}" "cmgr ${escape(version)}" "User Commands"`,
    ".SH NAME",
    "cmgr \\- run several Claude Desktop instances side by side",
    ".SH SYNOPSIS",
    ".B cmgr",
    "\\fICOMMAND\\fR [\\fIARGUMENT\\fR ...] [\\fIOPTION\\fR ...]",
    ".SH DESCRIPTION",
    "Each instance has its own sandbox folder, its own range of ports for its MCP",
    "servers, and a config that keeps every server inside that range.",
    "Results go to standard output, everything else to standard error.",
    ".SH COMMANDS",
    ...entries.flatMap(writeEntry),
    ".SH TOPICS",
    ...topics.flatMap(({ name, text }) => [`.SS ${name}`, ...preformatted(text.trimEnd())]),
    ".SH EXIT STATUS",
    ...writeTerms(exits),
    ".SH ENVIRONMENT",
    ...writeTerms(variables),
    ".SH FILES",
    ...writeTerms(files),
    "",
  ].join("\n");
}

function writeEntry({ name, description, usage, terms, notes }: ManualEntry): string[] {
  return [
    `.SS ${escape(`cmgr ${name} ${usage}`)}`,
    line(description),
    ...writeTerms(terms),
    ...(notes === "" ? [] : [".PP", ...preformatted(notes)]),
  ];
}

function preformatted(text: string): string[] {
  return [".nf", ...text.split("\n").map(line), ".fi"];
}

function writeTerms(terms: readonly (readonly [string, string])[]): string[] {
  return terms.flatMap(([term, meaning]) => [".TP", `\\fB${escape(term)}\\fR`, line(meaning)]);
}

/** A dot or an apostrophe at the start of a line would be a command. */
function line(text: string): string {
  const escaped = escape(text.trimEnd());
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("…", "...")
    .replaceAll('"', "\\(dq").replaceAll("'", "\\(aq").replaceAll("`", "\\(ga")
    .replaceAll("~", "\\(ti").replaceAll("^", "\\(ha");
}
