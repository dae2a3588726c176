#!/bin/sh
# Builds the image of stanch-init with buildah: make image. The same source gives the same digest, on any day and as any user.
# Writes an OCI archive, build/stanch-init-VERSION.oci.tar, and prints the digest of its manifest. IMAGE names it (localhost/stanch-init).
set -eu
: "${INIT:?is set by make image: the program}" "${VERSION:?}" "${OUT:?the archive to write}"
here=$(cd "$(dirname "$0")" && pwd)
image=${IMAGE:-localhost/stanch-init}:$VERSION
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
install -m 0555 "$INIT" "$room/stanch-init"
# buildah's own storage is chosen by STORAGE_DRIVER, and by BUILDAH_FLAGS where it must be elsewhere
# shellcheck disable=SC2086
buildah ${BUILDAH_FLAGS:-} bud --quiet --isolation=chroot --layers=false --timestamp 0 --format oci \
	--build-arg VERSION="$VERSION" -f "$here/Containerfile" -t "$image" "$room" >/dev/null
rm -f "$OUT"
# shellcheck disable=SC2086
buildah ${BUILDAH_FLAGS:-} push --quiet --digestfile "$room/digest" "$image" "oci-archive:$OUT:$image"
echo "$image@$(cat "$room/digest")"
