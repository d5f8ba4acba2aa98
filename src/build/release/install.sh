#!/bin/sh
# Installs specchat @VERSION@: chooses the executable for this machine, checks its SHA-256 sum, and copies it.
#
#   sh install.sh [--from URL|FOLDER] [--to FOLDER]
#
# --from  where the files of the release are; by default where it is published, or the folder of this script
# --to    the folder of the executable; by default /usr/local/bin as root, else ~/.local/bin
set -eu

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

from="@FROM@"
to=""
while [ $# -gt 0 ]; do
  case "$1" in
    --from | --to)
      [ $# -ge 2 ] || fail "$1 needs a value."
      if [ "$1" = --from ]; then from=$2; else to=$2; fi
      shift 2
      ;;
    *) fail "unknown argument $1. Usage: sh install.sh [--from URL|FOLDER] [--to FOLDER]" ;;
  esac
done
[ -n "$from" ] || from=$(dirname "$0")
if [ -z "$to" ]; then
  if [ "$(id -u)" = 0 ]; then to=/usr/local/bin; else to=$HOME/.local/bin; fi
fi

case "$(uname -s)" in
  Linux) system=linux ;;
  Darwin) system=darwin ;;
  *) fail "there is no executable for $(uname -s). On Windows, download specchat-windows-x64.exe." ;;
esac
case "$(uname -m)" in
  x86_64 | amd64) processor=x64 ;;
  aarch64 | arm64) processor=arm64 ;;
  *) fail "there is no executable for the processor $(uname -m)." ;;
esac
name=specchat-$system-$processor
# Alpine and others have musl in place of glibc.
if [ $system = linux ] && [ ! -e /lib64/ld-linux-x86-64.so.2 ] && [ ! -e /lib/ld-linux-aarch64.so.1 ] &&
  ls /lib/ld-musl-* >/dev/null 2>&1; then
  name=$name-musl
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fetch() {
  case "$from" in
    http://* | https://*)
      if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --output "$work/$1" "$from/$1"
      elif command -v wget >/dev/null; then
        wget -q -O "$work/$1" "$from/$1"
      else
        fail "curl or wget is needed."
      fi
      ;;
    *) cp "$from/$1" "$work/$1" ;;
  esac || fail "$from/$1 cannot be read."
}

fetch SHA256SUMS
grep " $name\$" "$work/SHA256SUMS" >"$work/sum" || fail "the release has no $name."
echo "Downloading $name" >&2
fetch "$name"
(
  cd "$work"
  if command -v sha256sum >/dev/null; then sha256sum -c sum; else shasum -a 256 -c sum; fi
) >/dev/null 2>&1 || fail "the sum of $name is not that of SHA256SUMS. Nothing was installed."

mkdir -p "$to"
# Renamed in place: a running specchat keeps its file, and the new one is whole.
cp "$work/$name" "$to/.specchat.$$"
chmod 755 "$to/.specchat.$$"
mv "$to/.specchat.$$" "$to/specchat"
echo "Installed $("$to/specchat" --version) as $to/specchat" >&2
case ":$PATH:" in *":$to:"*) ;; *) echo "$to is not in PATH." >&2 ;; esac
