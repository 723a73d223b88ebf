/** Splits a shell command into words. Pure. */

const separators = /^(?:&&|;|\r?\n)$/;
const tokens =
  /&&|;|\r?\n|\d*[<>]+&?|[|&()`]|[^\S\n]+|(?:\\[\s'"\\$]|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"|&;()<>`]|['"])+/g;

/**
 * The words of the last command, which is the server: the last two of `cd /x && npx P`. Quotes are
 * removed, nothing is expanded.
 *
 * @returns `undefined` if the last one is not a single command, as in a pipe
 */
export function lastCommand(text: string): readonly string[] | undefined {
  const commands: string[][] = [[]];
  let isOver = false;
  for (const [token] of text.matchAll(tokens)) {
    if (separators.test(token)) {
      commands.push([]);
      isOver = false;
    } else if (/^[|()`]/.test(token)) return undefined;
    else if (/^\d*[<>&]/.test(token)) isOver = true; // a redirection follows
    else if (!isOver && token.trim() !== "") commands.at(-1)!.push(unquoted(token));
  }
  return commands.findLast((words) => words.length > 0);
}

function unquoted(token: string): string {
  return token.replace(
    /\\([\s'"\\$])|'([^']*)'|"((?:\\.|[^"\\])*)"/g,
    (_, escaped, single, double) => escaped ?? single ?? double.replace(/\\(["\\$`])/g, "$1"),
  );
}
