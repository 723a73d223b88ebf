/** Desktop Entry Specification 1.4 of freedesktop.org. Pure. */

export function desktopEntry(instance: string, program: string): string {
  const exec = (verb: string) => [program, verb, instance].map(execWord).join(" ");
  return `[Desktop Entry]
Type=Application
Version=1.4
Name=Claude (${instance})
Comment=Claude Desktop, instance ${instance}
Exec=${exec("start")}
Icon=claude-desktop
Terminal=false
Categories=Office;
Actions=stop;

[Desktop Action stop]
Name=Stop
Exec=${exec("stop")}
`;
}

/** Registers cmgr for `claude://` links. */
export function handlerEntry(program: string): string {
  return `[Desktop Entry]
Type=Application
Version=1.4
Name=Claude links (cmgr)
Comment=Opens claude:// links in the right instance of Claude Desktop
Exec=${[program, "open", "--route", "--"].map(execWord).join(" ")} %u
Icon=claude-desktop
Terminal=false
NoDisplay=true
MimeType=x-scheme-handler/claude;
`;
}

/** No instance can have this name. */
export const handlerFileName = "cmgr.links.handler.desktop";

export function desktopFileName(instance: string): string {
  return `cmgr-${instance}.desktop`;
}

/**
 * A word of the key `Exec`: quoted where the specification requires it, percent signs doubled, then
 * all backslashes doubled, as in every value.
 */
function execWord(word: string): string {
  const percent = word.replaceAll("%", "%%");
  if (/^[\w./@:+,%-]+$/.test(word)) return percent;
  return `"${percent.replace(/["`$\\]/g, "\\$&")}"`.replaceAll("\\", "\\\\");
}
