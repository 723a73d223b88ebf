/** The script that starts the copies of a server, each with its own port. */
import { copyScriptOf } from "../paths.ts";
import { readTextIfPresent } from "../system/read.ts";
import { replaceFile } from "../system/write.ts";

/**
 * The server inherits the descriptor of the lock, so the lock ends with the server; its file stays.
 * Listeners are looked for too, since a server may outlive the program that started it and held the
 * lock. The names of variables have a prefix, since the server gets all variables.
 */
const script = `#!/bin/sh
# Written by cmgr, which writes it again at the next start. The app starts a server more than once,
# and this one exits when its port is taken: each copy takes the first of its ports that is free, by
# a lock that lives as long as it does.
set -f
cmgr_command=$CMGR_COPY_COMMAND cmgr_copies=$CMGR_COPY_PORTS cmgr_places=$CMGR_COPY_PLACES
unset CMGR_COPY_COMMAND CMGR_COPY_PORTS CMGR_COPY_PLACES
cmgr_first=\${cmgr_copies%% *}
cmgr_locks=\${0%/*}/.tmp

# Whether something listens on one of these ports.
listened() (
  IFS=,
  for port in $1; do
    hex=$(printf %04X "$port")
    grep -Eqs ":$hex [0-9A-F]+:[0-9A-F]+ 0A " /proc/net/tcp /proc/net/tcp6 && exit
  done
  exit 1
)

choose() {
  cmgr_fault="flock is not there"
  command -v flock >/dev/null 2>&1 || return
  cmgr_fault="no lock can be made in $cmgr_locks"
  mkdir -p "$cmgr_locks" 2>/dev/null
  for cmgr_copy in $cmgr_copies; do
    cmgr_lock=$cmgr_locks/cmgr-copy-\${cmgr_copy%%,*}.lock
    true 2>/dev/null 9>>"$cmgr_lock" || return
    exec 9>>"$cmgr_lock"
    flock -n 9 && ! listened "$cmgr_copy" && return 0
  done
  exec 9>&-
  cmgr_fault="all its ports are taken: $cmgr_copies"
  return 1
}

if ! choose; then
  echo "cmgr: a copy of this server has no port of its own, and takes the first: $cmgr_fault" >&2
  cmgr_copy=$cmgr_first
fi

# What says the port of the first copy says that of this one: NAME=TEXT is a variable, NUMBER=TEXT
# an argument, {1} in the text the first port of the copy.
[ "$cmgr_copy" = "$cmgr_first" ] || for cmgr_place in $cmgr_places; do
  cmgr_value=\${cmgr_place#*=} cmgr_at=0
  IFS=,
  for cmgr_port in $cmgr_copy; do
    cmgr_at=$((cmgr_at + 1))
    cmgr_mark={$cmgr_at}
    case $cmgr_value in
      *"$cmgr_mark"*)
        cmgr_value=\${cmgr_value%%"$cmgr_mark"*}$cmgr_port\${cmgr_value#*"$cmgr_mark"} ;;
    esac
  done
  unset IFS
  case $cmgr_place in
    [0-9]*)
      cmgr_at=0
      for cmgr_word do
        [ "$cmgr_at" = 0 ] && set --
        [ "$cmgr_at" = "\${cmgr_place%%=*}" ] && cmgr_word=$cmgr_value
        set -- "$@" "$cmgr_word"
        cmgr_at=$((cmgr_at + 1))
      done ;;
    *) export "\${cmgr_place%%=*}=$cmgr_value" ;;
  esac
done
exec "$cmgr_command" "$@"
`;

/**
 * Writes it where it is missing or was changed, as the app may do in its sandbox.
 *
 * @throws {CmgrError} `failed`; `damaged` for a link in its place
 */
export async function ensureCopyScript(sandbox: string): Promise<void> {
  const path = copyScriptOf(sandbox);
  if (await readTextIfPresent(path) === script) return;
  await replaceFile(path, script, 0o700);
}
