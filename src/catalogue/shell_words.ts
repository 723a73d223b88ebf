/** Texts for a shell. Pure. */

const separators = /^(?:&&|;|\r?\n)$/;
const tokens =
  /&&|;|\r?\n|\d*[<>]+&?|[|&()`]|[^\S\n]+|(?:\\[\s'"\\$]|'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"|&;()<>`]|['"])+/g;

/**
 * The words of the last command, which is the one that stays: of `cd /x && npx P` the last two.
 * Quotes are honoured, nothing is replaced.
 *
 * @returns `undefined` where no single command is the last, as in a pipe
 */
export function lastCommand(text: string): readonly string[] | undefined {
  const commands: string[][] = [[]];
  let isOver = false;
  for (const [token] of text.matchAll(tokens)) {
    if (separators.test(token)) {
      commands.push([]);
      isOver = false;
    } else if (/^[|()`]/.test(token)) return undefined;
    else if (/^\d*[<>&]/.test(token)) isOver = true; // what follows is where its output goes
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
