export const shells = ["sh", "fish", "powershell"] as const;

/** `sh` stands for bash and zsh too. */
export type Shell = typeof shells[number];

export function quote(text: string, shell: Shell): string {
  switch (shell) {
    case "sh":
      return `'${text.replaceAll("'", `'\\''`)}'`;
    case "fish":
      return `'${text.replace(/[\\']/g, "\\$&")}'`;
    case "powershell":
      // PowerShell treats typographic quotes as quotes.
      return `'${text.replace(/['‘’‚‛]/g, "$&$&")}'`;
  }
}

export function quoteIfNeeded(text: string, shell: Shell): string {
  return /^[\w./@%+-]+$/.test(text) ? text : quote(text, shell);
}

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

export function aliasLine(alias: string, words: readonly string[], shell: Shell): string {
  const command = words.map((word) => quoteIfNeeded(word, shell));
  switch (shell) {
    case "sh":
      return `alias ${alias}=${quote(command.join(" "), shell)}`;
    case "fish":
      return `alias ${alias} ${quote(command.join(" "), shell)}`;
    case "powershell":
      return `function ${alias} { & ${command.join(" ")} @args }`;
  }
}

/** Appends the output of `command` to the shell's start file; `login` is `$SHELL`. */
export function installLine(command: string, shell: Shell, login: string | undefined): string {
  switch (shell) {
    case "sh":
      return `${command} >> ${login?.endsWith("/zsh") ? "~/.zshrc" : "~/.bashrc"}`;
    case "fish":
      return `mkdir -p ~/.config/fish && ${command} --shell fish >> ~/.config/fish/config.fish`;
    case "powershell":
      return `mkdir -Force (Split-Path $PROFILE); ${command} --shell powershell >> $PROFILE`;
  }
}

/** `login` is `$SHELL`, `os` is `Deno.build.os`. */
export function shellOf(login: string | undefined, os: string): Shell {
  if (os === "windows") return "powershell";
  return login?.endsWith("/fish") ? "fish" : "sh";
}
