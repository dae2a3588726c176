#!/bin/sh
# A folder in src/ may include only folders named before it in tests/layers; headers of src/ must compile alone.
set -eu
cd "$(dirname "$0")/.."
bad=0
grep -Hno '^#include "[^"]*/' src/*/*.[ch] |
awk -F'[:/"]' '
	NR == FNR { rank[$1] = NR; next }
	!($2 in rank) { print $0 ": " $2 " is not in tests/layers"; bad = 1 }
	$6 != $2 && !($6 in rank) { print $0 ": no such folder"; bad = 1 }
	$6 != $2 && rank[$2] <= rank[$6] { print $0 ": looks up"; bad = 1 }
	END { exit bad }' tests/layers - || bad=1
for h in include/*.h include/*/*.h src/*/*.h; do
	${CC:-cc} -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -Iinclude -Isrc -x c "$h" || {
		echo "$h: does not stand alone"
		bad=1
	}
done
exit $bad
