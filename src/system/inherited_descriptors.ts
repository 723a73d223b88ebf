/**
 * Files that the shell which typed the command, or its terminal, left open. The runtime hands them
 * on to every child: a folder among them would lead an instance out of its sandbox, and a lock
 * would be held for as long as the app runs.
 */

/** Of the shells, only bash closes a descriptor above 9; it exports variables of its own. */
const script = `cmgr_more=
for cmgr_open in /dev/fd/*; do
  cmgr_open=\${cmgr_open##*/}
  case $cmgr_open in
    [012]) ;;
    [3-9]) eval "exec $cmgr_open>&-" ;;
    *[!0-9]*) ;;
    *) cmgr_more="$cmgr_more $cmgr_open" ;;
  esac
done
[ -n "$cmgr_more" ] || exec "$@"
exec bash -c 'for cmgr_open in $1; do eval "exec $cmgr_open>&-"; done
shift
exec env -u _ -u SHLVL "$@"' bash "$cmgr_more" "$@"`;

/** Runs a command with standard input, output and error, and nothing else that is open. Pure. */
export function withoutDescriptors(argv: readonly string[]): string[] {
  return ["sh", "-c", script, "sh", ...argv];
}
