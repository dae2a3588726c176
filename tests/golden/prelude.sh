# prelude.sh: what every case's cmd may use. T1 to T5 are fresh tokens.
# shellcheck shell=sh

# tells a jsonl report in short: kind, place, rule, confidence, way
short() {
	/usr/bin/python3 -S "$GOLDEN/short.py"
}

# scan ARGS...: the report in short; its exit status is the scan's
scan() {
	"$STANCH" scan --format jsonl "$@" >"$TMP/report" 2>"$TMP/errors"
	set -- $?
	short <"$TMP/report"
	cat "$TMP/errors" >&2
	return "$1"
}

# python ARGS...: Debian's, quickly started
python() {
	/usr/bin/python3 -S "$@"
}

# without root's eyes
as_nobody() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}
