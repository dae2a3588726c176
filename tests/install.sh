#!/bin/sh
# make install puts everything where it belongs, and what is installed runs.
set -eu
cd "$(dirname "$0")/.."
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
${MAKE:-make} --no-print-directory install DESTDIR="$room" PREFIX=/usr >/dev/null
for f in bin/stanch bin/stanch-init share/man/man8/stanch-init.8 share/man/man1/stanch.1 share/man/man5/stanch-rules.5 share/bash-completion/completions/stanch \
	share/zsh/site-functions/_stanch share/fish/vendor_completions.d/stanch.fish; do
	[ -s "$room/usr/$f" ] || { echo "$f is missing"; exit 1; }
done
"$room/usr/bin/stanch" --version
"$room/usr/bin/stanch-init" --version
# from another folder, without the source
cd "$room" && echo nothing here >plain && usr/bin/stanch scan plain
