#!/bin/sh
# Installs those of the named Debian packages that are missing; as root or through sudo.
set -eu
missing=
for p in "$@"; do
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null || {
	echo "these are missing, and there is no apt-get to install them:$missing" >&2
	exit 1
}
root=
[ "$(id -u)" = 0 ] || root="sudo env DEBIAN_FRONTEND=noninteractive"
export DEBIAN_FRONTEND=noninteractive
echo "installing$missing"
# shellcheck disable=SC2086
$root apt-get -qq update >/dev/null
# shellcheck disable=SC2086
$root apt-get -qq install -y --no-install-recommends $missing >/dev/null </dev/null
