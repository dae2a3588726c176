#!/bin/sh
# make check: each step says how many passed and failed, the last line sums up. Logs are in $BUILD/check.
# FUZZ_SECONDS is for each fuzzer (default 10, in CI 60); STEPS runs only the named ones.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD="${BUILD:-build}"
MAKE=${MAKE:-make}
logs=$BUILD/check
asan=$BUILD/address-undefined
tsan=$BUILD/thread
jobs=$(nproc)
passed=0 failed=0
mkdir -p "$logs"
export ASAN_OPTIONS="${ASAN_OPTIONS:-detect_stack_use_after_return=1:allocator_may_return_null=1}"
# a slow machine is no failure
export CK_TIMEOUT_MULTIPLIER="${CK_TIMEOUT_MULTIPLIER:-10}"
export UBSAN_OPTIONS=print_stacktrace=1 TSAN_OPTIONS=halt_on_error=1:exitcode=66

# step NAME COMMAND...: counts what its last "N passed, N failed" says, or itself as one
step() {
	name=$1
	shift
	case " ${STEPS:-$name} " in *" $name "*) ;; *) return 0 ;; esac
	began=$(date +%s)
	"$@" >"$logs/$name.log" 2>&1 </dev/null
	status=$?
	counts=$(sed -n 's/.*[^0-9]\{0,1\}\b\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed.*/\1 \2/p' "$logs/$name.log" | tail -n 1)
	p=${counts% *} f=${counts#* }
	[ -n "$counts" ] || { p=1 f=0; [ $status = 0 ] || p=0 f=1; }
	# a step that fails without saying what has failed all the same
	[ $status = 0 ] || [ "$f" != 0 ] || f=1
	passed=$((passed + p)) failed=$((failed + f))
	printf '%-14s %5d passed, %d failed, %d s\n' "$name" "$p" "$f" $(($(date +%s) - began))
	[ "$f" = 0 ] || { tail -n 60 "$logs/$name.log" | sed 's/^/    /'; }
}

build() {
	"$MAKE" --no-print-directory -j"$jobs" "$@"
}

# many threads over much text, some of it wrapped: any race ends with 66
threads() {
	build SANITIZE=thread all || return 1
	# without address randomisation: this compiler's TSan does not know newer kernels' layouts
	setarch -R "$tsan/stanch" scan --jobs 4 --format json=/dev/null --fail-on critical src patterns tests corpus
	status=$?
	echo "status $status"
	[ $status -le 1 ] || [ $status = 4 ]
}

faults() {
	build "$BUILD/stanch-faults" || return 1
	env STANCH="$PWD/$BUILD/stanch-faults" tests/faults/run
}

# stanch-init with real files, processes and mounts, and in real containers
deliver() {
	build all deliver-tools || return 1
	"tests/deliver/$1"
}

deliver_asan() {
	build SANITIZE=address,undefined "$asan/stanch-init" && build deliver-tools || return 1
	env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" INIT="$PWD/$asan/stanch-init" tests/deliver/run delivers readers full target links another as_any identity \
		refusals signers volumes program descriptors variables templates watch expiry audit mount two_at first_process
}

sealing() {
	build "$BUILD/seal-vectors" || return 1
	env STANCH="$PWD/$BUILD/stanch" tests/seal/run
}

step layers sh tests/layers.sh
step lint "$MAKE" --no-print-directory lint
step asan-build build SANITIZE=address,undefined all "$asan/unit"
step unit "$asan/unit"
step rules "$BUILD/stanch" rules check
step manifest env STANCH="$PWD/$BUILD/stanch" tests/manifest/run
step etcd env STANCH="$PWD/$BUILD/stanch" tests/manifest/etcd
step review env STANCH="$PWD/$BUILD/stanch" tests/review/run
step golden env STANCH="$PWD/$BUILD/stanch" tests/golden/run
step golden-asan env ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0" STANCH="$PWD/$asan/stanch" SLOW=4 tests/golden/run
step staged env STANCH="$PWD/$BUILD/stanch" tests/staged/run
step history env STANCH="$PWD/$BUILD/stanch" RANDOM_HISTORIES="$([ "${CI:-}" = true ] && echo 60 || echo 25)" tests/history/run
step image env STANCH="$PWD/$BUILD/stanch" tests/image/run
step faults faults
step deliver deliver run
step deliver-asan deliver_asan
step containers deliver containers
step tutorial deliver tutorial
step threads threads
step seal sealing
step clang build CC=clang BUILD="$BUILD/clang" all
step install sh tests/install.sh
step inject env STANCH="$PWD/$BUILD/stanch" tests/inject/run
step audit env STANCH="$PWD/$BUILD/stanch" tests/audit/run
FUZZ_SECONDS=${FUZZ_SECONDS:-$([ "${CI:-}" = true ] && echo 60 || echo 10)}
export FUZZ_SECONDS
step fuzz "$MAKE" --no-print-directory -j"$jobs" fuzz

echo
echo "$passed passed, $failed failed"
[ $failed = 0 ]
