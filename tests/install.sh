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
# completions know every command; bash's are asked as bash asks them
for c in $("$room/usr/bin/stanch" --help | sed -n 's/^  stanch \([a-z-]*\).*/\1/p'); do
	grep -q "'$c:" "$room/usr/share/zsh/site-functions/_stanch" || { echo "zsh does not complete $c"; exit 1; }
	grep -q -- "-a $c " "$room/usr/share/fish/vendor_completions.d/stanch.fish" || { echo "fish does not complete $c"; exit 1; }
done
completed() {
	want=$1
	shift
	got=$(PATH="$room/usr/bin:$PATH" bash -euc '. "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _stanch; echo "${COMPREPLY[*]}"' \
		"$room/usr/share/bash-completion/completions/stanch" "$@")
	[ "$got" = "$want" ] || { echo "bash completes $* as '$got'"; exit 1; }
}
completed review stanch rev
completed --min-confidence stanch scan --min-c
completed --prefix stanch seal --pref
completed critical stanch scan --fail-on cri
# from another folder, without the source
cd "$room" && echo nothing here >plain && usr/bin/stanch scan plain
