#!/usr/bin/python3
"""An independent reader of stanch's sealed files, signers and sets, after stanch-sealed(5); needs PyNaCl.

  stanch_sealed.py open --signers FILE --identity FILE [--scope C/N/W] [--name NAME] FILE   writes the value
  stanch_sealed.py verify --signers FILE [--scope C/N/W] [--name NAME] FILE...
  stanch_sealed.py check CASES.jsonl                                                       runs vectors

Nothing here is taken from stanch's own code: where the two disagree, one of them, or the page, is wrong."""
import argparse, base64, datetime, hashlib, hmac, json, re, sys, time

import nacl.bindings as sodium
import nacl.exceptions
from nacl import pwhash, secret

STATUS = dict(zip('''ok usage io size encoding line magic unsupported field-unknown field-missing field-order field-duplicate name scope
version expires mode sender stanza stanza-type stanza-count stanza-order stanza-duplicate base64 payload name-mismatch scope-mismatch clock
signer-revoked signer-unknown signer-may signer-scope signer-name signer-time signature recipient-revoked expired version-floor
not-recipient unwrap binding mac stream stream-tag final-missing final-early padding plaintext-size key-text key-checksum key-weak
passphrase signers set-size set-syntax set-order set-duplicate set-conflict set-pin set-signature set-expired set-scope set-epoch
set-missing set-extra set-older set-changed set-mode'''.split(),
                  [0, 2, 3, *range(10, 32), *range(40, 53), *range(60, 70), *range(70, 75), *range(80, 95)]))
NEVER = float('inf')
VERSION_MAX = 2 ** 63 - 1
CHUNK, CHUNK_OVER, VALUE_MAX = 65536, 17, 1 << 20


class Refused(Exception):
    """One of STATUS."""


def need(condition, word):
    if not condition:
        raise Refused(word)


def blake(data, size=32, key=b''):
    return hashlib.blake2b(data, digest_size=size, key=key).digest()


def base64_decode(text, size, word='base64'):
    """No padding, the one proper form, exactly so many bytes."""
    need(len(text) == (size * 4 + 2) // 3 and re.fullmatch('[A-Za-z0-9+/]*', text), word)
    raw = base64.b64decode(text + '=' * (-len(text) % 4))
    need(base64.b64encode(raw).decode().rstrip('=') == text and len(raw) == size, word)
    return raw


PART = '[A-Za-z0-9_][A-Za-z0-9._-]'


def is_name(text):
    parts = text.split('/')
    return len(text) <= 255 and 1 <= len(parts) <= 8 and all(re.fullmatch(PART + '{0,127}', p) for p in parts)


def is_pattern(text):
    parts = text.split('/')
    good = all(p == '*' or re.fullmatch(PART + '{0,127}', p) or (p == '**' and i == len(parts) - 1) for i, p in enumerate(parts))
    return len(text) <= 255 and 1 <= len(parts) <= 8 and good


def is_scope(text, stars=True):
    parts = text.split('/')
    return len(parts) == 3 and all((stars and p == '*') or re.fullmatch(PART + '{0,62}', p) for p in parts)


def covers(wide, narrow):
    return all(w == '*' or w == n for w, n in zip(wide.split('/'), narrow.split('/')))


def matches(pattern, name):
    p, n = pattern.split('/'), name.split('/')
    if p[-1] == '**':
        if len(n) < len(p):
            return False
        p, n = p[:-1], n[:len(p) - 1]
    return len(p) == len(n) and all(a == '*' or a == b for a, b in zip(p, n))


def number(text, word):
    need(re.fullmatch('[1-9][0-9]{0,18}', text) and int(text) <= VERSION_MAX, word)
    return int(text)


def date(text, word):
    if text == 'never':
        return NEVER
    need(re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', text, re.ASCII), word)
    try:
        at = datetime.datetime.strptime(text, '%Y-%m-%dT%H:%M:%SZ').replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise Refused(word) from None
    need(at.year >= 1970 and text[17:19] != '60', word)
    return int(at.timestamp())


def mode(text, word):
    need(text in ('0400', '0440', '0444'), word)
    return text


def check_recipient(key):
    need(int.from_bytes(key, 'little') < 2 ** 255 - 19, 'key-weak')
    try:
        need(any(sodium.crypto_scalarmult(bytes([8] + [0] * 30 + [64]), key)), 'key-weak')
    except (RuntimeError, nacl.exceptions.RuntimeError):
        raise Refused('key-weak') from None


def check_verifier(key):
    need(sodium.crypto_core_ed25519_is_valid_point(key), 'key-weak')


def sender(text, bad_form, bad_base64):
    need(text.startswith('ed25519 '), bad_form)
    key = base64_decode(text[8:], 32, bad_base64)
    check_verifier(key)
    return key


def signature_holds(context, data, key, signature):
    try:
        sodium.crypto_sign_open(signature + context + blake(data, 64), key)
        return True
    except nacl.exceptions.BadSignatureError:
        return False


# keys

PREFIX = {'recipient': 'stanch1', 'identity': 'STANCH-IDENTITY-1', 'verifier': 'stanchsign1', 'signer': 'STANCH-SIGNER-1', 'mark': 'STANCH-MARK-1'}
LOCKED = {'identity': 'STANCH-IDENTITY-P1', 'signer': 'STANCH-SIGNER-P1'}


def checked(text, prefix, size):
    need(text.startswith(prefix), 'key-text')
    raw = base64_decode(text[len(prefix):], size + 4, 'key-text')
    need(hmac.compare_digest(blake(prefix.encode() + raw[:size])[:4], raw[size:]), 'key-checksum')
    return raw[:size]


def parse_key(kind, text, passphrase=None):
    text = text[:-1] if text.endswith('\n') else text
    if passphrase is not None:
        return unlock(checked(text, LOCKED[kind], 92), passphrase)
    raw = checked(text, PREFIX[kind], 32)
    if kind == 'recipient':
        check_recipient(raw)
    if kind == 'verifier':
        check_verifier(raw)
    return raw


def unlock(raw, passphrase):
    salt, nonce, box = raw[:16], raw[20:44], raw[44:]
    opslimit, memory = int.from_bytes(raw[16:18], 'little'), int.from_bytes(raw[18:20], 'little')
    need(1 <= opslimit <= 16 and 23 <= memory <= 30, 'key-text')
    key = pwhash.argon2id.kdf(32, passphrase.encode(), salt, opslimit=opslimit, memlimit=1 << memory)
    try:
        return secret.SecretBox(key).decrypt(box, nonce)
    except nacl.exceptions.CryptoError:
        raise Refused('passphrase') from None


def key_id(recipient):
    return blake(recipient)[:8]


# sealed files

FIELDS = ['name: ', 'scope: ', 'version: ', 'expires: ', 'mode: ', 'from: ', '-> ', '--- ', 'sig: ']


def field_of(line):
    return next((f for f in FIELDS if line.startswith(f)), None)


def judge_misplaced(line, awaited, stanzas, later):
    f = field_of(line)
    if f and (FIELDS.index(f) < FIELDS.index(awaited) or (f == '-> ' and stanzas)):
        raise Refused('field-duplicate')
    need(not (awaited == '-> ' and f == '--- '), 'stanza-count')
    need(any(field_of(x) == awaited for x in later), 'field-missing')
    raise Refused('field-order' if f else 'field-unknown')


class SealedFile:
    def __init__(self, data):
        need(len(data) <= 1432596, 'size')
        need(all(b == 10 or 0x20 <= b <= 0x7e for b in data), 'encoding')
        self.data, self.text = data, data.decode('ascii')
        need(self.text.endswith('\n'), 'line')
        self.lines = self.text[:-1].split('\n')
        need(all(x and x[0] != ' ' and x[-1] != ' ' for x in self.lines), 'line')
        if self.lines[0] != 'stanch-sealed/v1':
            raise Refused('unsupported' if self.lines[0].startswith('stanch-sealed/v') else 'magic')
        self.at, self.stanzas = 1, []
        for field in FIELDS:
            self.read(field)
        self.read_payload()

    def offset(self):
        return sum(len(x) + 1 for x in self.lines[:self.at])

    def read(self, field):
        while True:
            need(self.at < len(self.lines), 'field-missing')
            line = self.lines[self.at]
            if not line.startswith(field):
                if field == '-> ' and self.stanzas:
                    return
                judge_misplaced(line, field, self.stanzas, self.lines[self.at + 1:])
            start = self.offset()
            self.at += 1
            self.value(field, line[len(field):], start)
            if field != '-> ':
                return

    def value(self, field, v, start):
        if field == 'name: ':
            need(is_name(v), 'name')
            self.name = v
        elif field == 'scope: ':
            need(is_scope(v), 'scope')
            self.scope = v
        elif field == 'version: ':
            self.version = number(v, 'version')
        elif field == 'expires: ':
            self.expires = date(v, 'expires')
        elif field == 'mode: ':
            self.mode = mode(v, 'mode')
        elif field == 'from: ':
            self.sender = sender(v, 'sender', 'base64')
            self.bound = self.data[:self.offset()]
        elif field == '-> ':
            self.stanza(v)
        elif field == '--- ':
            self.mac = base64_decode(v, 32)
            self.maced, self.header = self.data[:start + 3], self.data[:self.offset()]
        else:
            self.signature = base64_decode(v, 64)

    def stanza(self, v):
        words = v.split(' ')
        need(len(self.stanzas) < 64, 'stanza-count')
        need(words[0] == 'x25519-seal', 'stanza-type')
        need(len(words) == 3 and all(words), 'stanza')
        one = base64_decode(words[1], 8), base64_decode(words[2], 112)
        if self.stanzas:
            need(one[0] != self.stanzas[-1][0], 'stanza-duplicate')
            need(one[0] > self.stanzas[-1][0], 'stanza-order')
        self.stanzas.append(one)

    def read_payload(self):
        lines = self.lines[self.at:]
        need(lines and all(len(x) == 64 for x in lines[:-1]) and len(lines[-1]) <= 64, 'payload')
        self.payload_text = self.data[self.offset():]
        text = ''.join(lines)
        need(len(text) % 4 != 1, 'base64')
        self.payload = base64_decode(text, len(text) * 3 // 4)
        body = len(self.payload) - 24
        chunks = -(-body // (CHUNK + CHUNK_OVER))
        self.padded = body - chunks * CHUNK_OVER
        good = self.padded >= 64 and self.padded % 64 == 0 and self.padded <= VALUE_MAX + 64 and -(-self.padded // CHUNK) == chunks
        need(good, 'payload')

    def verify(self, signers, now, name=None, scope=None, min_version=0):
        need(name in (None, self.name), 'name-mismatch')
        need(scope is None or covers(self.scope, scope), 'scope-mismatch')
        need(now >= 1735689600, 'clock')
        signers.judge(self.sender, 'seal', self.scope, self.name, now)
        need(signature_holds(b'stanch-sealed/v1 signature\n', self.header + self.payload_text, self.sender, self.signature), 'signature')
        need(not any(i in signers.revoked_ids for i, _ in self.stanzas), 'recipient-revoked')
        need(now < self.expires, 'expired')
        need(self.version >= min_version, 'version-floor')

    def unwrap(self, identities):
        for identity in identities:
            public = sodium.crypto_scalarmult_base(identity)
            for i, body in self.stanzas:
                if i == key_id(public):
                    try:
                        return sodium.crypto_box_seal_open(body, public, identity)
                    except nacl.exceptions.CryptoError:
                        raise Refused('unwrap') from None
        raise Refused('not-recipient')

    def open(self, signers, identities, now, **asked):
        self.verify(signers, now, **asked)
        wrapped = self.unwrap(identities)
        key, bound = wrapped[:32], wrapped[32:]
        need(hmac.compare_digest(bound, blake(self.bound)), 'binding')
        mac_key, payload_key = (hashlib.blake2b(b'', digest_size=32, key=key, salt=bytes([n]) + bytes(15), person=b'stanch-1' + bytes(8)).digest()
                                for n in (1, 2))
        need(hmac.compare_digest(self.mac, blake(self.maced, key=mac_key)), 'mac')
        plain = self.decrypt(payload_key)
        at = plain.rstrip(b'\0')
        need(at.endswith(b'\x80') and len(plain) - len(at) < 64, 'padding')
        need(len(at) - 1 <= VALUE_MAX, 'plaintext-size')
        return at[:-1]

    def decrypt(self, key):
        state, ad, out = sodium.crypto_secretstream_xchacha20poly1305_state(), blake(self.header), b''
        sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, self.payload[:24], key)
        chunks = [self.payload[i:i + CHUNK + CHUNK_OVER] for i in range(24, len(self.payload), CHUNK + CHUNK_OVER)]
        for i, chunk in enumerate(chunks):
            last = i == len(chunks) - 1
            try:
                plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, ad)
            except (RuntimeError, nacl.exceptions.RuntimeError):
                raise Refused('stream') from None
            need(tag in (0, 3), 'stream-tag')
            need(tag == 3 or not last, 'final-missing')
            need(tag == 0 or last, 'final-early')
            out += plain
        return out


# signers

class Signers:
    def __init__(self, data):
        self.lines, self.revoked, self.revoked_ids = [], set(), set()
        need(len(data) <= 1 << 20 and all(b == 10 or 0x20 <= b <= 0x7e for b in data) and (not data or data.endswith(b'\n')), 'signers')
        for line in data.decode('ascii').split('\n'):
            if line and not line.startswith('#'):
                try:
                    self.read(line.split(' # ', 1)[0])
                except Refused:
                    raise Refused('signers') from None

    def read(self, line):
        words = line.split(' ')
        need(all(words), 'signers')
        if words[0] == 'revoked':
            need(len(words) == 3 and words[1] in ('ed25519', 'x25519'), 'signers')
            key = base64_decode(words[2], 32)
            (check_verifier if words[1] == 'ed25519' else check_recipient)(key)
            if words[1] == 'ed25519':
                self.revoked.add(key)
            else:
                self.revoked_ids.add(key_id(key))
            return
        need(words[0] == 'ed25519' and len(words) > 1, 'signers')
        key = base64_decode(words[1], 32)
        check_verifier(key)
        conditions = {}
        for word in words[2:]:
            k, equals, v = word.partition('=')
            need(equals and k not in conditions and k in ('scope', 'name', 'may', 'not-before', 'not-after'), 'signers')
            conditions[k] = v
        need(is_scope(conditions.get('scope', '')) and is_pattern(conditions.get('name', '')), 'signers')
        need(conditions.get('may', 'seal') in ('seal', 'set', 'seal,set') and 'never' not in conditions.values(), 'signers')
        begin, end = (date(conditions.get(k, 'never'), 'signers') for k in ('not-before', 'not-after'))
        begin = -NEVER if begin == NEVER else begin
        need(begin < end, 'signers')
        self.lines.append((key, conditions['scope'], conditions['name'], conditions.get('may', 'seal').split(','), begin, end))

    def judge(self, key, may, scope, name, now):
        need(key not in self.revoked, 'signer-revoked')
        left = [x for x in self.lines if x[0] == key]
        need(left, 'signer-unknown')
        for test, word in ((lambda x: may in x[3], 'signer-may'), (lambda x: covers(x[1], scope), 'signer-scope'),
                           (lambda x: name is None or matches(x[2], name), 'signer-name'), (lambda x: x[4] <= now < x[5], 'signer-time')):
            left = [x for x in left if test(x)]
            need(left, word)


# sets

class SignedSet:
    def __init__(self, data):
        need(len(data) <= 1 << 20, 'set-size')
        need(all(b == 10 or 0x20 <= b <= 0x7e for b in data) and data.endswith(b'\n'), 'set-syntax')
        self.data, lines = data, data.decode('ascii')[:-1].split('\n')
        need(all(x and x[0] != ' ' and x[-1] != ' ' for x in lines), 'set-syntax')
        if lines[0] != 'stanch-set/v1':
            raise Refused('unsupported' if lines[0].startswith('stanch-set/v') else 'set-syntax')
        self.lines = iter(lines[1:])
        self.scope = self.field('scope: ')
        need(is_scope(self.scope, stars=False), 'set-syntax')
        self.epoch = number(self.field('epoch: '), 'set-syntax')
        self.expires = date(self.field('expires: '), 'set-syntax')
        count = self.field('files: ')
        count = 0 if count == '0' else number(count, 'set-syntax')
        need(1 <= count <= 1024, 'set-size')
        self.entries = {}
        for _ in range(count):
            self.entry(self.field('= '))
        for name in self.entries:
            parts = name.split('/')
            need(not any('/'.join(parts[:i]) in self.entries for i in range(1, len(parts))), 'set-conflict')
        self.sender = sender(self.field('from: '), 'set-syntax', 'set-syntax')
        self.signature = base64_decode(self.field('sig: '), 64, 'set-syntax')
        need(next(self.lines, None) is None, 'set-syntax')
        self.signed = data[:data.rindex(b'sig: ')]

    def field(self, start):
        line = next(self.lines, '')
        need(line.startswith(start), 'set-syntax')
        return line[len(start):]

    def entry(self, text):
        words = text.split(' ')
        need(len(words) == 5 and is_name(words[0]), 'set-syntax')
        name, digest = words[0], base64_decode(words[3], 32, 'set-syntax')
        one = (number(words[1], 'set-syntax'), mode(words[2], 'set-syntax'), digest)
        need(words[4] == '-' or base64_decode(words[4], 16, 'set-syntax') is not None, 'set-syntax')
        if self.entries:
            last = list(self.entries)[-1]
            need(name != last, 'set-duplicate')
            need(name.encode() > last.encode(), 'set-order')
        self.entries[name] = one

    def verify(self, files, signers, now, pin=None, scope=None, min_epoch=0, floors=()):
        need(pin is None or pin == 'blake2b-256:' + blake(self.data).hex(), 'set-pin')
        need(now >= 1735689600, 'clock')
        signers.judge(self.sender, 'set', self.scope, None, now)
        need(signature_holds(b'stanch-set/v1 signature\n', self.signed, self.sender, self.signature), 'set-signature')
        need(now < self.expires, 'set-expired')
        need(scope in (None, self.scope), 'set-scope')
        need(self.epoch >= min_epoch, 'set-epoch')
        found = {}
        for f in [SealedFile(x) for x in files]:
            need(f.name in self.entries and f.name not in found, 'set-extra')
            found[f.name] = f
        for name, (version, its_mode, digest) in self.entries.items():
            need(name in found, 'set-missing')
            f = found[name]
            if blake(f.data) != digest or f.version != version:
                raise Refused('set-older' if f.version < version else 'set-changed')
            need(f.mode == its_mode, 'set-mode')
            f.verify(signers, now, name=name, scope=self.scope, min_version=dict(floors).get(name, 0))


# vectors

def run_case(c):
    raw = {k: c[k].encode('latin-1') for k in ('file', 'signers', 'set') if k in c}
    if c['do'] == 'key':
        key = parse_key(c['kind'], c['text'].replace('~', ''), c.get('passphrase'))
        return None if key.hex() == c.get('key') else 'another key'
    signers = Signers(raw['signers'])
    asked = {k: c[k] for k in ('name', 'scope', 'min_version') if k in c}
    if c['do'] == 'set':
        floors = [(c['floor_name'], c['floor_version'])] if 'floor_name' in c else []
        files = [x.encode('latin-1') for x in c['files']]
        SignedSet(raw['set']).verify(files, signers, c['now'], c.get('pin'), c.get('scope'), c.get('min_epoch', 0), floors)
    elif c['do'] == 'verify':
        SealedFile(raw['file']).verify(signers, c['now'], **asked)
    elif c['do'] == 'open':
        value = SealedFile(raw['file']).open(signers, [bytes.fromhex(x) for x in c['identities']], c['now'], **asked)
        return None if blake(value).hex() == c.get('value_blake2b') else 'another value'
    return None


def check(path):
    passed = failed = 0
    with open(path, encoding='utf-8') as f:
        for line in f:
            c = json.loads(line)
            try:
                wrong = run_case(c)
                got = wrong or 'ok'
            except Refused as e:
                got = str(e)
            good = got == c['status'] and STATUS[got] == c['number']
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f'{c["id"]}: {got} instead of {c["status"]}')
    print(f'independent reader: {passed} passed, {failed} failed')
    return 1 if failed or not passed else 0


def slurp(path):
    with open(path, 'rb') as f:
        return f.read()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('what', choices=['open', 'verify', 'check'])
    p.add_argument('--signers'), p.add_argument('--identity'), p.add_argument('--scope'), p.add_argument('--name')
    p.add_argument('files', nargs='+')
    a = p.parse_args()
    if a.what == 'check':
        return check(a.files[0])
    try:
        signers = Signers(slurp(a.signers))
        for path in a.files:
            f = SealedFile(slurp(path))
            if a.what == 'verify':
                f.verify(signers, int(time.time()), name=a.name, scope=a.scope)
                print(f'{path}: ok')
                continue
            keys = [x for x in slurp(a.identity).decode().split('\n') if x and not x.startswith('#')]
            sys.stdout.buffer.write(f.open(signers, [parse_key('identity', k) for k in keys], int(time.time()), name=a.name, scope=a.scope))
    except Refused as e:
        print(e, file=sys.stderr)
        return STATUS[str(e)]
    return 0


if __name__ == '__main__':
    sys.exit(main())
