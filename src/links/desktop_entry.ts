/**
 * Desktop entries, by which menus of Linux desktops start an instance: pure. Written after the
 * Desktop Entry Specification 1.4 of freedesktop.org.
 */

/**
 * The desktop entry of an instance.
 *
 * @param program How cmgr is called: an absolute path, or a name that is found on the PATH
 * @returns Text of a `.desktop` file
 */
export function desktopEntry(instance: string, program: string): string {
  const exec = (verb: string) => [program, verb, instance].map(execWord).join(" ");
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Version=1.4",
    `Name=Claude (${instance})`,
    `Comment=Claude Desktop, instance ${instance}`,
    `Exec=${exec("start")}`,
    "Icon=claude-desktop",
    "Terminal=false",
    "Categories=Office;",
    "Actions=stop;",
    "",
    "[Desktop Action stop]",
    "Name=Stop",
    `Exec=${exec("stop")}`,
    "",
  ].join("\n");
}

/**
 * The desktop entry by which the system hands `claude://` links to cmgr.
 *
 * @param program How cmgr is called: an absolute path, or a name that is found on the PATH
 * @returns Text of a `.desktop` file
 */
export function handlerEntry(program: string): string {
  return [
    "[Desktop Entry]",
    "Type=Application",
    "Version=1.4",
    "Name=Claude links (cmgr)",
    "Comment=Hands claude:// links to the right instance of Claude Desktop",
    `Exec=${[program, "open", "--route", "--"].map(execWord).join(" ")} %u`,
    "Icon=claude-desktop",
    "Terminal=false",
    "NoDisplay=true",
    "MimeType=x-scheme-handler/claude;",
    "",
  ].join("\n");
}

/** Name of the file that the handler's entry belongs into; no instance can be called so. */
export const handlerFileName = "cmgr.links.handler.desktop";

/** Name of the file that it belongs into. */
export function desktopFileName(instance: string): string {
  return `cmgr-${instance}.desktop`;
}

/**
 * A word of the key `Exec`: quoted where the specification wants it, a percent sign doubled, and
 * all backslashes doubled once more, as in every text of such a file.
 */
function execWord(word: string): string {
  const percent = word.replaceAll("%", "%%");
  if (/^[\w./@:+,%-]+$/.test(word)) return percent;
  return `"${percent.replace(/["`$\\]/g, "\\$&")}"`.replaceAll("\\", "\\\\");
}
