#!/bin/sh
# Wraps a secret in every way that is read. Usage: make.sh FOLDER FILE
# FOLDER gets one sample a format, each of which holds FILE's text. FOLDER/hostile gets what must end soon and be told:
# bombs, locked and cut archives. A tool that is not there leaves its sample out, and says so on standard error.
set -eu

[ $# -eq 2 ] || { echo "usage: make.sh FOLDER FILE" >&2; exit 2; }
mkdir -p "$1/hostile"
out=$(cd "$1" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/in"
cp "$2" "$tmp/in/config.txt"
echo 'nothing to see here' >"$tmp/in/readme.txt"
plain=$tmp/in/config.txt
cd "$tmp/in"

# have TOOL: whether it is there
have() {
	command -v "$1" >/dev/null 2>&1 || { echo "make.sh: no $1, so nothing made by it" >&2; return 1; }
}

archives() {
	tar -cf "$out/a.tar" readme.txt config.txt
	cat "$out/a.tar" "$out/a.tar" >"$out/twice.tar"
	gzip -9nc "$out/a.tar" >"$out/a.tar.gz"
	bzip2 -c "$out/a.tar" >"$out/a.tar.bz2"
	xz -c "$out/a.tar" >"$out/a.tar.xz"
	zstd -qc "$out/a.tar" >"$out/a.tar.zst"
	lz4 -qc "$out/a.tar" >"$out/a.tar.lz4"
	xz --format=lzma -c "$out/a.tar" >"$out/a.tar.lzma"
	printf 'readme.txt\nconfig.txt\n' | cpio --quiet -o -H newc >"$out/a.cpio"
	printf 'readme.txt\nconfig.txt\n' | cpio --quiet -o -H odc >"$out/odc.cpio"
	ln config.txt linked.txt
	printf 'config.txt\nlinked.txt\n' | cpio --quiet -o -H newc >"$out/linked.cpio"
	rm linked.txt
}

zips() {
	have zip || return 0
	zip -qX "$out/a.zip" readme.txt config.txt
	zip -qX0 "$out/stored.zip" config.txt
	zip -qX - config.txt | cat >"$out/streamed.zip"
	zip -qX "$tmp/app.jar" config.txt
	(cd "$tmp" && zip -qX0 "$out/jar-in.zip" app.jar)
	zip -qX -P x "$out/hostile/locked.zip" config.txt
	head -c "$(($(wc -c <"$out/stored.zip") / 2))" "$out/stored.zip" >"$out/hostile/cut.zip"
}

sevens() {
	have 7z || return 0
	7z a -bd "$out/a.7z" readme.txt config.txt >/dev/null
	7z a -bd -px "$out/hostile/locked.7z" config.txt >/dev/null
	7z a -bd -px -mhe=on "$out/hostile/locked-names.7z" config.txt >/dev/null
}

packages() {
	if have ar; then
		echo 2.0 >"$tmp/debian-binary"
		tar -cJf "$tmp/data.tar.xz" ./config.txt
		tar -czf "$tmp/control.tar.gz" ./readme.txt
		(cd "$tmp" && ar rc "$out/a.deb" debian-binary control.tar.gz data.tar.xz)
	fi
	if have rpmbuild; then
		printf '%s\n' 'Name: sample' 'Version: 1' 'Release: 1' 'Summary: a sample' 'License: ISC' 'BuildArch: noarch' \
			'%description' 'a sample' '%install' "install -D $plain %{buildroot}/etc/config.txt" \
			'%files' '/etc/config.txt' >"$tmp/sample.spec"
		rpmbuild -bb --quiet --define "_topdir $tmp/rpm" "$tmp/sample.spec" >/dev/null 2>&1 &&
			cp "$tmp"/rpm/RPMS/noarch/*.rpm "$out/a.rpm" || echo 'make.sh: rpmbuild failed' >&2
	fi
	if have genisoimage; then
		genisoimage -quiet -J -R -o "$out/a.iso" . 2>/dev/null
	fi
}

streams() {
	gzip -nc "$plain" >"$out/a.gz"
	{ echo before | gzip -nc; gzip -nc "$plain"; } >"$out/members.gz"
	head -c 4096 /dev/urandom | base64 >"$tmp/random"
	cat "$plain" "$tmp/random" | gzip -nc | head -c 2000 >"$out/hostile/cut.gz"
	xz -c "$plain" | gzip -nc | bzip2 -c >"$out/thrice.bz2"
}

# wide NAME CODE BOM: as UTF-16 or UTF-32
wide() {
	python3 -c 'import sys
text = open(sys.argv[1]).read()
sys.stdout.buffer.write((("\ufeff" if sys.argv[3] == "bom" else "") + text).encode(sys.argv[2]))' "$plain" "$2" "$3" >"$out/$1"
}

encodings() {
	wide utf16le-bom.txt utf-16-le bom
	wide utf16be-bom.txt utf-16-be bom
	wide utf32le-bom.txt utf-32-le bom
	wide utf16le.txt utf-16-le none
	wide utf16be.txt utf-16-be none
	wide utf32le.txt utf-32-le none
	printf 'data: %s\n' "$(base64 -w0 "$plain")" >"$out/base64.txt"
	printf 'data: %s\n' "$(base64 -w0 "$plain" | tr '+/' '-_' | tr -d =)" >"$out/base64url.txt"
	{ echo 'data: |'; base64 -w64 "$plain" | sed 's/^/    /'; } >"$out/base64-lines.yaml"
	printf 'data: %s\n' "$(base64 -w0 "$plain" | base64 -w0 | base64 -w0)" >"$out/base64-thrice.txt"
	printf 'data: %s\n' "$(gzip -nc "$plain" | base64 -w0)" >"$out/base64-gzip.txt"
	python3 -c 'import sys
text = open(sys.argv[1], "rb").read()
def put(name, before, each):
    open(sys.argv[2] + "/" + name, "w").write(before + "".join(each % b for b in text) + "\"\n")
put("hex.txt", "data = \"", "%02x")
put("percent.txt", "data = \"", "%%%02X")
put("escape-u.txt", "data = \"", "\\u%04x")
put("escape-x.txt", "data = \"", "\\x%02x")' "$plain" "$out"
}

bombs() {
	# zeros in a zip in a zip: 42 kB for 16 GiB, were it unpacked
	python3 -c 'import io, sys, zipfile
out = sys.argv[1]
def pack(name, parts, n):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for i in range(n):
            with z.open("%s%02d" % (name, i), "w", force_zip64=True) as f:
                for p in parts:
                    f.write(p)
    return b.getvalue()
inner = pack("zeros", [bytes(1 << 20)] * 64, 1)
for _ in range(4):
    inner = pack("lib", [inner], 16)
open(out + "/bomb.zip", "wb").write(inner)' "$out/hostile"
	head -c 268435456 /dev/zero | gzip -9nc | gzip -9nc >"$out/hostile/bomb.gz.gz"
	cp "$plain" "$tmp/nest"
	for _ in $(seq 50); do
		gzip -nc "$tmp/nest" >"$tmp/nest.gz"
		mv "$tmp/nest.gz" "$tmp/nest"
	done
	mv "$tmp/nest" "$out/hostile/nested.gz"
	python3 -c 'import sys, tarfile
with tarfile.open(sys.argv[1], "w:gz", compresslevel=1) as t:
    for i in range(300000):
        t.addfile(tarfile.TarInfo("m%d" % i))' "$out/hostile/members.tar.gz"
}

archives
zips
sevens
packages
streams
encodings
bombs
