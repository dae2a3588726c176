#!/bin/sh
# Usage: run.sh IMAGE [COMMAND...]; ENGINE is docker or podman. Here are stanch-init, sealed/, signers and identity.key (mode 0400, of user 65532).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
image=$1
shift
pin=$(stanch set pin "$here/sealed/stanch.set")
# a tmpfs belongs to root unless this is said, and each engine says it in its own way
case ${ENGINE:=docker} in
*podman) tmpfs=--mount=type=tmpfs,destination=/run/stanch,tmpfs-size=4m,tmpfs-mode=0700,chown=true ;;
*) tmpfs=--tmpfs=/run/stanch:size=4m,mode=0700,uid=65532,gid=65532,noexec,nosuid,nodev ;;
esac
exec "$ENGINE" run --rm --read-only --cap-drop=ALL --security-opt=no-new-privileges --user=65532:65532 \
	"$tmpfs" \
	--volume="$here/stanch-init:/stanch-init:ro" \
	--volume="$here/sealed:/stanch/sealed:ro" \
	--volume="$here/signers:/stanch/signers/signers:ro" \
	--volume="$here/identity.key:/stanch/identity/identity:ro" \
	--entrypoint=/stanch-init "$image" \
	--scope=prod/payments/api --sealed=/stanch/sealed --set=/stanch/sealed/stanch.set --signers=/stanch/signers/signers \
	--identity=/stanch/identity/identity --to=/run/stanch/secrets --pin="$pin" -- "$@"
