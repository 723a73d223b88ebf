import type { Process, ProcessTable } from "./process.ts";

/** A line per process: pid, parent, time of creation, program, arguments, with tabs between. */
export const windowsScript = `[Console]::OutputEncoding = [Text.Encoding]::UTF8
(Get-CimInstance Win32_OperatingSystem).LastBootUpTime.ToFileTimeUtc()
Get-CimInstance Win32_Process | ForEach-Object {
  if ($_.CreationDate) {
    ($_.ProcessId, $_.ParentProcessId, $_.CreationDate.ToFileTimeUtc(), $_.Name, $_.CommandLine) -join "\`t"
  }
}`;

/** @param output Of {@linkcode windowsScript}: the time of the boot, then the processes */
export function parseWindows(output: string): ProcessTable {
  const [boot, ...lines] = output.split(/\r?\n/);
  const found = new Map<number, Process>();
  for (const line of lines) {
    const match = /^(\d+)\t(\d+)\t(\d+)\t([^\t]*)\t(.*)$/.exec(line);
    if (!match) continue;
    const [, pid, parent, started, name, command] = match;
    found.set(Number(pid), {
      pid: Number(pid),
      started,
      parent: Number(parent),
      session: 0,
      name,
      tags: tagsIn(command),
    });
  }
  // Windows keeps the number of a parent that is gone, and uses it again for another process.
  const processes = new Map([...found].map(([pid, process]) => {
    const parent = found.get(process.parent);
    const isTrue = parent !== undefined && BigInt(parent.started) <= BigInt(process.started);
    return [pid, isTrue ? process : { ...process, parent: 0 }];
  }));
  return { boot, processes };
}

function tagsIn(command: string): string[] {
  return [...command.matchAll(/"(--user-data-dir=[^"]+)"|(?<=\s)(--user-data-dir=[^\s"]+)/g)]
    .map((match) => match[1] ?? match[2]);
}
