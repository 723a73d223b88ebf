import { CmgrError } from "../errors.ts";
import { suggestion } from "../json/nearest.ts";

const invalidChoice =
  /^(?:option '[^']*?(?<option>--[\w-]+)[^']*' argument|command-argument value) '(?<value>.*)' is invalid.*\. Allowed choices are (?<choices>.*)\.$/;

/** @param said The message of commander, without secrets */
export function toUsageError(said: string, command: string): CmgrError {
  const [message, ...hints] = said.replace(/^error: /, "").split("\n");
  const help = `See: ${command} --help`;
  const { option, value, choices } = invalidChoice.exec(message)?.groups ?? {};
  if (choices !== undefined) {
    return new CmgrError(
      "usage",
      `${option === undefined ? "" : `${option} `}'${value}' is not one of ${choices}`,
      suggestion(value, choices.split(", ")) + help,
    );
  }
  const sentence = message.replace(". Expected", ": expected").replace(/\.$/, "");
  return new CmgrError(
    "usage",
    sentence.charAt(0).toUpperCase() + sentence.slice(1),
    hints.join(" ").replace(/^\((.*)\)$/, "$1") || help,
  );
}
