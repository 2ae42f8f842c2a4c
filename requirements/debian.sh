#!/bin/sh
# Installs what debian.txt lists, where that can be done. Elsewhere the tests that need it skip and say so.
set -eu
packages=$(grep -v '^#' "$(dirname "$0")/debian.txt")
missing=$(for one in $packages; do
    package=${one%%:*}
    case $one in
        *:*) command -v "${one#*:}" >/dev/null || echo "$package" ;;
        *) dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || echo "$package" ;;
    esac
done)
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed, so that some tests skip:" $missing >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
# shellcheck disable=SC2086 - the list is words
apt-get install -y -q --no-install-recommends $missing
