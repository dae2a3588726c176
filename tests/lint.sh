#!/bin/sh
# What a reader of the text would say: shell scripts, manual pages; and, printed only, what clang-format would move and what is long.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0
# shellcheck disable=SC2086
[ -z "${SHELLS:-}" ] || shellcheck $SHELLS || bad=1
mandoc -Tlint -W warning src/man/* || bad=1
for f in Makefile README.md src/*.c src/*/*.[ch] include/*.h include/*/*.h tests/*/*.[ch] tests/*.sh; do
	[ -e "$f" ] || continue
	! grep -nH '[[:space:]]$' "$f" || bad=1
done
# a secret of a real shape in our own files would trip every forge that we are pushed to
if [ -x "${BUILD:-build}/stanch" ]; then
	"${BUILD:-build}/stanch" scan --min-confidence certain src include patterns tests corpus contrib README.md
	# 4: a broken sample could not be read as what it claims to be
	case $? in 0 | 4) ;; *)
		echo "our own files hold what looks like a secret"
		bad=1
		;;
	esac
fi
for f in src/*.c src/*/*.[ch]; do
	n=$(clang-format "$f" | diff "$f" - | grep -c '^>')
	[ "$n" -le 10 ] || echo "$f: clang-format would change $n lines"
	n=$(wc -l <"$f")
	[ "$n" -le 600 ] || echo "$f: $n lines"
done
exit $bad
