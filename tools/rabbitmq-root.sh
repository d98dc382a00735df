#!/usr/bin/env bash
# Prints a folder with the rabbitmq-server, rabbitmqctl and epmd of a RabbitMQ version, for RABBITMQ_BIN:
#
#   bash tools/rabbitmq-root.sh 3.10|4.0|4.3
#
# That is this machine's own package when it has the version. Otherwise the Debian release that has it is
# unpacked below the user's cache folder, once (about half a minute, 200 MB), from the archive that this
# machine's apt uses. The programs then run with the /usr of that release, in a mount namespace of their own;
# all other files, process ids and the network are the machine's, so a test can kill and restart such a node.
set -euo pipefail

version=${1:-}
case $version in
  3.10) release=bookworm ;;
  4.0) release=trixie ;;
  4.3) release=testing ;;
  *)
    echo "usage: $0 3.10|4.0|4.3" >&2
    exit 2
    ;;
esac
own=/usr/lib/rabbitmq/bin

fail() {
  echo "RabbitMQ $version cannot be had here: $1" >&2
  exit 1
}

# Of the package in a Debian; nothing when it is not installed there.
installed() { dpkg-query --admindir="$1/var/lib/dpkg" -W -f '${Version}' rabbitmq-server 2>/dev/null || true; }

command -v dpkg-query >/dev/null || fail 'this is no Debian'
if [[ $(installed '') == "$version".* ]]; then
  echo "$own"
  exit
fi

folder=${XDG_CACHE_HOME:-$HOME/.cache}/usher/rabbitmq-$version
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9 # Several tests may ask at once.
if [ -e "$folder/bin" ]; then
  echo "$folder/bin"
  exit
fi

command -v mmdebstrap >/dev/null || fail 'apt-get install mmdebstrap first'
# shellcheck disable=SC2016 # the fields are apt's
archive=$(apt-get indextargets --format '$(SITE) $(COMPONENT) $(ORIGIN) $(LABEL)' |
  awk '$2 == "main" && $3 == "Debian" && $4 == "Debian" { print $1; exit }')
[ -n "$archive" ] || fail 'apt knows no archive of Debian'

root=$folder/root
rm -rf --one-file-system "$root"
echo "Unpacking RabbitMQ $version from Debian $release ..." >&2
# A mirror may be frozen, and a release file says how long it counts.
mmdebstrap --variant=minbase --include=rabbitmq-server --aptopt='Acquire::Check-Valid-Until "false"' \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  "$release" "$root" "$archive" >"$folder/log" 2>&1 ||
  fail "unpacking Debian $release failed, see $folder/log: $(tail -n 1 "$folder/log")"
found=$(installed "$root")
[[ $found == "$version".* ]] || fail "Debian $release has $found"

mkdir "$folder/bin.new"
for program in "$own/rabbitmq-server" "$own/rabbitmqctl" /usr/bin/epmd; do
  wrapper=$folder/bin.new/${program##*/}
  cat >"$wrapper" <<WRAPPER
#!/bin/sh
user=
[ "\$(id -u)" = 0 ] || user=--map-root-user
exec unshare \$user --mount --propagation private \\
  sh -c 'mount --bind "\$1" /usr && shift && exec "\$@"' sh '$root/usr' $program "\$@"
WRAPPER
  chmod +x "$wrapper"
done
mv "$folder/bin.new" "$folder/bin" # Last, since it says that all is there.
echo "$folder/bin"
