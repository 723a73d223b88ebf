/**
 * How shells want things written: pure.
 *
 * @module
 */

/** The shells whose language cmgr writes. */
export const shells = ["sh", "fish", "powershell"] as const;

/** One of {@linkcode shells}; `sh` stands for bash and zsh too. */
export type Shell = typeof shells[number];

/**
 * A text as one word of a command line.
 *
 * @param text Any text
 * @param shell Whose command line
 */
export function quote(text: string, shell: Shell): string {
  switch (shell) {
    case "sh":
      return `'${text.replaceAll("'", `'\\''`)}'`;
    case "fish":
      return `'${text.replace(/[\\']/g, "\\$&")}'`;
    case "powershell":
      return `'${text.replaceAll("'", "''")}'`;
  }
}

/**
 * The line that exports a variable.
 *
 * @param name Its name
 * @param value Its value
 * @param shell For whom
 */
export function exportLine(name: string, value: string, shell: Shell): string {
  switch (shell) {
    case "sh":
      return `export ${name}=${quote(value, shell)}`;
    case "fish":
      return `set -gx ${name} ${quote(value, shell)}`;
    case "powershell":
      return `$env:${name} = ${quote(value, shell)}`;
  }
}

/**
 * The line that defines an alias.
 *
 * @param alias Its name
 * @param words The command that it stands for, word by word
 * @param shell For whom
 */
export function aliasLine(alias: string, words: readonly string[], shell: Shell): string {
  const command = words.map((word) => /^[\w./@%+-]+$/.test(word) ? word : quote(word, shell));
  switch (shell) {
    case "sh":
      return `alias ${alias}=${quote(command.join(" "), shell)}`;
    case "fish":
      return `alias ${alias} ${quote(command.join(" "), shell)}`;
    case "powershell":
      return `function ${alias} { & ${command.join(" ")} @args }`;
  }
}

/**
 * The command that adds a line to what a shell reads at its start.
 *
 * @param command The command that prints the line
 * @param shell For whom
 * @param login The user's shell, as `$SHELL` names it
 */
export function installLine(command: string, shell: Shell, login: string | undefined): string {
  switch (shell) {
    case "sh":
      return `${command} >> ${login?.endsWith("/zsh") ? "~/.zshrc" : "~/.bashrc"}`;
    case "fish":
      return `${command} --shell fish >> ~/.config/fish/config.fish`;
    case "powershell":
      return `${command} --shell powershell >> $PROFILE`;
  }
}

/**
 * The language of the shell that a person uses.
 *
 * @param login The user's shell, as `$SHELL` names it
 * @param os The operating system, as `Deno.build.os` names it
 */
export function shellOf(login: string | undefined, os: string): Shell {
  if (os === "windows") return "powershell";
  return login?.endsWith("/fish") ? "fish" : "sh";
}
