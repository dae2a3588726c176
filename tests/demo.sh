#!/bin/sh
# make demo: a source tree and a container image, made on the spot with fresh secrets in them, and what stanch says of both.
set -eu
: "${STANCH:?is set by make demo}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"

say() {
	printf '\n\033[1m%s\033[0m\n' "$*"
}

# shows a command and runs it; finding something is what it is for
try() {
	printf '\n$ stanch %s\n' "$*"
	"$STANCH" "$@" && status=0 || status=$?
	echo "(exit status $status)"
	[ "$status" = "$expected" ] || {
		echo "expected $expected" >&2
		exit 1
	}
}

# fresh secrets, so that nothing here is anyone's
/usr/bin/python3 - <<'X'
import base64, binascii, json, os, random, string
r = random.SystemRandom()
alnum = string.digits + string.ascii_uppercase + string.ascii_lowercase
pick = lambda alphabet, n: ''.join(r.choices(alphabet, k=n))
def github():
    body = pick(alnum, 30)
    crc, digits = binascii.crc32(body.encode()), ''
    for _ in range(6):
        crc, d = divmod(crc, 62)
        digits = alnum[d] + digits
    return 'ghp' + '_' + body + digits
def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as f:
        f.write(text)
write('shop/src/settings.py', f'DEBUG = False\nDATABASE = {{\n    "user": "shop",\n    "password": "{pick(alnum + "!%+", 18)}",\n}}\n')
write('shop/.env', f'AWS_ACCESS_KEY_ID={"AK" + "IA" + pick(string.ascii_uppercase + "234567", 16)}\n'
      f'AWS_SECRET_ACCESS_KEY={pick(alnum + "/+", 40)}\n')
write('shop/deploy/secret.yaml', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: ci\ndata:\n  config: '
      + base64.b64encode(f'github:\n  token: {github()}\n'.encode()).decode() + '\n')
write('shop/README.md', 'Set GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx before you start.\n')
write('app/config.properties', f'ci.token={github()}\n')
write('rootfs/etc/app.conf', 'listen=8080\n')
X
# the application's jar, in the image's second layer
mkdir -p rootfs/bin rootfs/srv
cp "$(command -v busybox)" rootfs/bin/
(cd app && /usr/bin/python3 -m zipfile -c ../rootfs/srv/app.jar config.properties)

say "A source tree: a password, a key pair, and a token that base64 hides; the placeholder in README.md is none"
expected=1
try scan shop

say "Why a line is told, or not"
expected=0
try explain shop/README.md:1

say "A container image as 'docker save' writes it: a token in a properties file in a jar in a layer"
umoci init --layout oci >/dev/null 2>&1
umoci new --image oci:demo >/dev/null 2>&1
for layer in bin srv; do
	# `umoci insert` leaves out the end of its tar, which would be told, and rightly
	tar -C rootfs --owner=0 --group=0 -cf "$layer.tar" "$layer"
	umoci raw add-layer --image oci:demo "$layer.tar" >/dev/null 2>&1
done
umoci config --image oci:demo --config.cmd /bin/busybox >/dev/null 2>&1
skopeo --insecure-policy copy --quiet oci:oci:demo docker-archive:image.tar:demo:latest
ls -l image.tar
expected=1
try scan image.tar

say "The environment of a process"
# shellcheck disable=SC2046
env $(cat shop/.env) sleep 60 &
pid=$!
sleep 0.2
try scan "env:$pid"
kill "$pid"

say "That was stanch. 'make check' runs its tests, README.md says more."
