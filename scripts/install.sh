#!/bin/sh
# Installs cmgr for this user, or takes it away again; see `usage` below. One file, no sudo, no
# change to shell files. Everything stands in functions, and what calls them in one pair of braces, so
# that a script that arrives in part does nothing.
set -eu

releases=${CMGR_RELEASES:-https://github.com/cmgr-dev/cmgr/releases}

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  shift
  for hint; do say "$hint"; done
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

usage() {
  cat <<END
Installs cmgr for this user: one file, no sudo, no change to shell files.

  curl --proto '=https' -fsSL $releases/latest/download/install.sh | sh

Options (in a pipe after: sh -s --) and variables:
  --version X.Y.Z      CMGR_VERSION      a certain release instead of the latest
  --dir FOLDER         CMGR_INSTALL_DIR  where to put it instead of ~/.local/bin
  --uninstall                            take it away; instances stay
  --uninstall --purge                    take it away with all registered instances
  --yes                                  with --purge: do not ask
                       CMGR_RELEASES     where releases are, for a mirror
END
}

# Prints the target for this machine, as releases name it.
find_target() {
  system=$(uname -s)
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) processor=x86_64 ;;
    aarch64 | arm64) processor=aarch64 ;;
    *) die "There is no cmgr for the processor $machine" "There is one for x86_64 and aarch64" ;;
  esac
  case $system in
    Linux)
      if uses_musl; then
        die "There is no cmgr for Linux with musl (Alpine, Void and others)" \
          "It needs glibc, as Debian, Fedora and most others have it"
      fi
      printf '%s\n' "$processor-unknown-linux-gnu"
      ;;
    Darwin)
      # A shell that runs translated says x86_64 on an Apple processor.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" = 1 ]; then processor=aarch64; fi
      printf '%s\n' "$processor-apple-darwin"
      ;;
    *) die "There is no cmgr for $system" "On Windows, use install.ps1" ;;
  esac
}

uses_musl() {
  if has ldd; then
    # musl's ldd knows no --version: it names itself, and fails.
    named=$(ldd --version 2>&1 || :)
    case $named in
      *musl*) return 0 ;;
      *) return 1 ;;
    esac
  fi
  for loader in /lib/ld-musl-*; do
    if [ -e "$loader" ]; then return 0; fi
  done
  return 1
}

# download URL FILE: over https alone, but for a server on this very machine.
download() {
  case $1 in
    *@*) die "An address with a name or password in it is not used: $1" ;;
    https://*) secure=1 ;;
    http://127.0.0.1:* | http://localhost:*) secure='' ;;
    *) die "Only https addresses are used, not $1" ;;
  esac
  if ! has curl; then die "curl is not here to download with" "Install curl"; fi
  if [ -t 2 ]; then progress=-#; else progress=-sS; fi
  # Redirects too may go to https alone.
  curl ${secure:+--proto =https --tlsv1.2} "$progress" -fL --retry 2 -o "$2" "$1" ||
    die "$1 could not be downloaded" "Nothing was installed"
}

sha256() {
  if has sha256sum; then
    sha256sum <"$1"
  elif has shasum; then
    shasum -a 256 <"$1"
  elif has openssl; then
    openssl dgst -sha256 -r <"$1"
  else
    die "No program is here to check the download with" "Install sha256sum, shasum or openssl"
  fi | cut -d ' ' -f 1
}

# check FOLDER NAME: the file must have the one checksum that SHA256SUMS has for it.
check() {
  wanted=$(awk -v name="$2" '$2 == name || $2 == "*" name { print $1 }' "$1/SHA256SUMS")
  if ! printf '%s' "$wanted" | grep -Eqx '[0-9a-f]{64}' || [ "$(printf '%s' "$wanted" | wc -c)" -ne 64 ]; then
    die "SHA256SUMS has no checksum of $2" "Nothing was installed"
  fi
  got=$(sha256 "$1/$2")
  if [ "$got" != "$wanted" ]; then
    die "The checksum of $2 is wrong: $got instead of $wanted" \
      "Nothing was installed. Try again later; if it stays, please report it"
  fi
}

install_cmgr() {
  target=$(find_target)
  archive=cmgr-$target.tar.gz
  if [ "$version" = latest ]; then
    from=$releases/latest/download
  else
    from=$releases/download/v${version#v}
  fi
  if [ -d "$folder/cmgr" ]; then die "$folder/cmgr is a folder" "Move it out of the way"; fi
  mkdir -p "$folder" || die "$folder cannot be created" "Name another folder in CMGR_INSTALL_DIR"
  # In the same folder, so that the new file takes the place of the old in one step.
  work=$(mktemp -d "$folder/.cmgr-install.XXXXXX") ||
    die "$folder cannot be written to" "Name another folder in CMGR_INSTALL_DIR"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  say "Downloading $from/$archive"
  download "$from/SHA256SUMS" "$work/SHA256SUMS"
  download "$from/$archive" "$work/$archive"
  check "$work" "$archive"
  tar -xzf "$work/$archive" -C "$work" "cmgr-$target/cmgr" || die "$archive cannot be unpacked"
  chmod 755 "$work/cmgr-$target/cmgr"
  found=$("$work/cmgr-$target/cmgr" --version) ||
    die "The program in $archive does not run on this machine" "Nothing was installed"
  if [ "$version" != latest ] && [ "$found" != "${version#v}" ]; then
    die "$archive has version $found, and ${version#v} was asked for" "Nothing was installed"
  fi
  mv -f "$work/cmgr-$target/cmgr" "$folder/cmgr"
  say "cmgr $found is at $folder/cmgr"
  case :$PATH: in
    *:"$folder":*) ;;
    *) say "That folder is not on your PATH. To add it, put this into your shell's startup file:" \
      && say "  export PATH=\"$folder:\$PATH\"" ;;
  esac
}

# Deletes the registered instances, by the cmgr that knows them; no other folder.
purge_instances() {
  if [ ! -x "$folder/cmgr" ]; then
    die "There is no $folder/cmgr to delete the instances with" \
      "Nothing was deleted. If cmgr is elsewhere, name its folder with --dir"
  fi
  listed=$("$folder/cmgr" list) || die "cmgr cannot tell which instances there are" "Nothing was deleted"
  names=$(printf '%s\n' "$listed" | awk 'NR > 1 { print $1 }')
  alive=$(printf '%s\n' "$listed" | awk 'NR > 1 && ($2 == "running" || $2 == "leftover") { print $1 }')
  for name in $alive; do
    die "Processes of \"$name\" run" "Nothing was deleted; stop it first: cmgr stop $name"
  done
  if [ -z "$yes" ] && [ -n "$names" ]; then
    say "These instances will be deleted with all files in their sandboxes:" \
      "$(printf '%s' "$names" | tr '\n' ' ')"
    if [ ! -t 0 ]; then die "Nothing was deleted" "If that is what you want, add --yes"; fi
    printf 'Delete them? [y/N] ' >&2
    read -r answer
    case $answer in
      y | Y | yes) ;;
      *) die "Nothing was deleted" ;;
    esac
  fi
  for name in $names; do
    "$folder/cmgr" remove "$name" --purge --yes >&2 </dev/null ||
      die "\"$name\" was not deleted, and cmgr is still there"
  done
}

uninstall_cmgr() {
  if [ -n "$purge" ]; then purge_instances; fi
  if [ -e "$folder/cmgr" ] || [ -L "$folder/cmgr" ]; then
    rm -f "$folder/cmgr"
    say "Deleted $folder/cmgr"
  else
    say "There is no $folder/cmgr"
  fi
  if [ -n "$purge" ]; then
    say "What else is in $HOME/.cmgr (settings, trash) and $HOME/sandboxes stays"
  elif [ -d "$HOME/.cmgr" ] || [ -d "$HOME/sandboxes" ]; then
    say "Your instances stay in $HOME/.cmgr and $HOME/sandboxes; --purge deletes them too"
  fi
}

main() {
  case ${HOME:-} in
    /*) ;;
    *) die "The variable HOME is not set to your home folder" ;;
  esac
  version=${CMGR_VERSION:-latest}
  folder=${CMGR_INSTALL_DIR:-$HOME/.local/bin}
  uninstall='' purge='' yes=''
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --dir)
        if [ $# -lt 2 ]; then die "$1 needs a value"; fi
        if [ "$1" = --version ]; then version=$2; else folder=$2; fi
        shift
        ;;
      --uninstall) uninstall=1 ;;
      --purge) purge=1 ;;
      --yes) yes=1 ;;
      --help | -h) usage && exit 0 ;;
      *) die "Unknown option: $1" "There are --version, --dir, --uninstall, --purge and --yes" ;;
    esac
    shift
  done
  case $folder in
    /*) ;;
    *) die "$folder is not an absolute path" ;;
  esac
  case $version in
    latest) ;;
    *[!0-9A-Za-z.+-]* | '') die "$version is not a version" ;;
  esac
  if [ -n "$uninstall" ]; then
    uninstall_cmgr
  elif [ -n "$purge" ]; then
    die "--purge goes with --uninstall"
  else
    install_cmgr
  fi
}

{ main "$@"; }
