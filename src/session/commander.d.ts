import type { Command } from "@commander-js/extra-typings";

declare global {
  /** A command being defined, with types that follow from its own options. */
  type CliCommand = Command;
}
