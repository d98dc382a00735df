#!/usr/bin/env bash
# Prints the path of a PgBouncer of a version:
#
#   bash tools/pgbouncer.sh 1.18|1.24
#
# That is this machine's own package when it has the version. Otherwise the package and the libraries that it
# needs are unpacked from the Debian release that has it into the user's cache folder, once (some seconds,
# 25 MB), from the archive that this machine's apt uses. It runs with that release's libraries, nothing else.
set -euo pipefail

version=${1:-}
case $version in
  1.18) release=bookworm ssl=libssl3 event=libevent-2.1-7 ;;
  1.24) release=trixie ssl=libssl3t64 event=libevent-2.1-7t64 ;;
  *)
    echo "usage: $0 1.18|1.24" >&2
    exit 2
    ;;
esac
packages=(pgbouncer libc6 "$ssl" "$event" libcares2 libpam0g libsystemd0 libcap2 libaudit1 libcap-ng0 libzstd1
  liblz4-1 liblzma5 libgcrypt20 libgpg-error0 zlib1g)
own=/usr/sbin/pgbouncer

fail() {
  echo "PgBouncer $version cannot be had here: $1" >&2
  exit 1
}
has_version() { [[ $("$1" --version 2>/dev/null) == "PgBouncer $version."* ]]; }

if has_version "$own"; then
  echo "$own"
  exit
fi
command -v apt-get >/dev/null || fail 'this is no Debian'

folder=${XDG_CACHE_HOME:-$HOME/.cache}/usher/pgbouncer-$version
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9 # Several tests may ask at once.
program=$folder/pgbouncer
if [ -e "$program" ]; then
  echo "$program"
  exit
fi

# shellcheck disable=SC2016 # the fields are apt's
archive=$(apt-get indextargets --format '$(SITE) $(COMPONENT) $(ORIGIN) $(LABEL)' |
  awk '$2 == "main" && $3 == "Debian" && $4 == "Debian" { print $1; exit }')
[ -n "$archive" ] || fail 'apt knows no archive of Debian'
rm -rf "$folder/apt" "$folder/root"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/apt/debs" "$folder/root"
: >"$folder/apt/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $release main" >"$folder/apt/sources.list"
apt=(apt-get -q -o Dir::Etc::sourcelist="$folder/apt/sources.list" -o Dir::Etc::sourceparts=-
  -o Dir::State="$folder/apt" -o Dir::State::status="$folder/apt/status" -o Dir::Cache="$folder/apt/cache"
  -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false)
echo "Unpacking PgBouncer $version from Debian $release ..." >&2
(cd "$folder/apt/debs" && "${apt[@]}" update && "${apt[@]}" download "${packages[@]}") >"$folder/log" 2>&1 ||
  fail "see $folder/log: $(tail -n 1 "$folder/log")"
for package in "$folder"/apt/debs/*.deb; do dpkg-deb --extract "$package" "$folder/root"; done
rm -rf "$folder/apt"

libraries=$(dirname "$(find "$folder/root" -name libevent-2.1.so.7 | head -n 1)")
libc=$(dirname "$(find "$folder/root" -name libc.so.6 | head -n 1)")
linker=$(find "$libc" -name 'ld-linux*' | head -n 1)
printf '#!/bin/sh\nexec %q --library-path %q %q "$@"\n' \
  "$linker" "$libraries:$libc" "$folder/root/usr/sbin/pgbouncer" >"$program.new"
chmod +x "$program.new"
has_version "$program.new" || fail "Debian $release has $("$program.new" --version 2>&1 | head -n 1)"
mv "$program.new" "$program" # Last, since it says that all is there.
echo "$program"
