#!/usr/bin/env python3
"""Makes repositories whose objects lie: each must be told as unread, in little time and memory, and never be clean.

usage: hostile.py FOLDER"""
import hashlib, os, struct, subprocess, sys, zlib

TOP = sys.argv[1]
ENV = dict(os.environ, GIT_CONFIG_NOSYSTEM='1', GIT_CONFIG_GLOBAL='/dev/null')
COMMIT, TREE, BLOB, OFS, REF = 1, 2, 3, 6, 7


def head(kind, size):
    c, size = kind << 4 | size & 15, size >> 4
    out = b''
    while size:
        out, c, size = out + bytes([c | 0x80]), size & 0x7f, size >> 7
    return out + bytes([c])


def back(n):
    out = bytes([n & 0x7f])
    n >>= 7
    while n:
        n -= 1
        out = bytes([0x80 | n & 0x7f]) + out
        n >>= 7
    return out


def number(n):
    out = b''
    while n > 0x7f:
        out, n = out + bytes([n & 0x7f | 0x80]), n >> 7
    return out + bytes([n])


def copy(at, n):
    return bytes([0x80 | 0x0f | 0x70]) + struct.pack('<I', at) + struct.pack('<I', n)[:3]


class Pack:
    def __init__(self, name):
        self.repo, self.data, self.at = os.path.join(TOP, name), b'PACK' + struct.pack('>II', 2, 0), []
        os.makedirs(TOP, exist_ok=True)
        subprocess.run(('git', 'init', '-q', '--bare', self.repo), env=ENV, check=True)

    def add(self, kind, content, size=None, base=b'', id_=None, raw=None):
        offset = len(self.data)
        self.data += head(kind, len(content) if size is None else size) + base + (zlib.compress(content) if raw is None else raw)
        self.at.append((id_ or hashlib.sha1(b'%d %d' % (len(self.at), offset)).digest(), offset))
        return offset

    def write(self, offsets=None):
        data = self.data[:8] + struct.pack('>I', len(self.at)) + self.data[12:]
        data += hashlib.sha1(data).digest()
        entries = sorted(self.at)
        fan, total = b'', 0
        for i in range(256):
            total += sum(e[0][0] == i for e in entries)
            fan += struct.pack('>I', total)
        index = b'\xfftOc' + struct.pack('>I', 2) + fan + b''.join(e[0] for e in entries) + b'\0\0\0\0' * len(entries)
        index += b''.join(struct.pack('>I', offsets(e[1]) if offsets else e[1]) for e in entries) + data[-20:]
        index += hashlib.sha1(index).digest()
        name = os.path.join(self.repo, 'objects', 'pack', 'pack-' + data[-20:].hex())
        for end, text in (('.pack', data), ('.idx', index)):
            with open(name + end, 'wb') as f:
                f.write(text)


p = Pack('claims-a-terabyte')
p.add(BLOB, b'x' * 100, size=1 << 40)
p.write()

p = Pack('claims-too-little')
p.add(BLOB, b'x' * 100, size=10)
p.write()

p = Pack('copies-beyond-its-base')
at = p.add(BLOB, b'x' * 100)
p.add(OFS, number(100) + number(200) + copy(0, 200), base=back(len(p.data) - at))
p.write()

p = Pack('makes-less-than-it-says')
at = p.add(BLOB, b'x' * 100)
p.add(OFS, number(100) + number(1 << 35) + copy(0, 100), base=back(len(p.data) - at))
p.write()

p = Pack('base-before-the-pack')
p.add(OFS, number(1) + number(1) + copy(0, 1), base=back(1 << 50))
p.write()

p = Pack('deltas-of-each-other')
a, b = b'a' * 20, b'b' * 20
p.add(REF, number(1) + number(1) + copy(0, 1), base=b, id_=a)
p.add(REF, number(1) + number(1) + copy(0, 1), base=a, id_=b)
p.write()

p = Pack('delta-of-itself')
p.add(REF, number(1) + number(1) + copy(0, 1), base=b'c' * 20, id_=b'c' * 20)
p.write()

p = Pack('base-is-nowhere')
p.add(REF, number(1) + number(1) + copy(0, 1), base=b'd' * 20)
p.write()

p = Pack('type-that-is-none')
p.add(5, b'x')
p.write()

p = Pack('not-zlib')
p.add(BLOB, b'x' * 1000, raw=b'\xff' * 100)
p.write()

p = Pack('offsets-beyond-the-pack')
p.add(BLOB, b'x')
p.write(lambda offset: 0x7ffffff0)

p = Pack('large-offsets-without-a-table')
p.add(BLOB, b'x')
p.write(lambda offset: 0x80000000 | 1234)

# each delta doubles its base: 2^60 bytes
p = Pack('doubles-and-doubles')
at, size = p.add(BLOB, b'x' * 1024), 1024
for _ in range(50):
    new = len(p.data)
    parts = b''
    for _ in range(2):
        for start in range(0, size, 0xffffff):
            if start > 1 << 26:
                break
            parts += copy(start, min(0xffffff, size - start))
    p.add(OFS, number(size) + number(size * 2) + parts, base=back(new - at))
    at, size = new, size * 2
p.write()

# a chain of many deltas is no harm by itself; its last one lies
p = Pack('a-long-chain')
at = p.add(BLOB, b'x' * 64)
for i in range(20000):
    new = len(p.data)
    p.add(OFS, number(64) + number(64) + copy(0, 64), base=back(new - at))
    at = new
p.add(OFS, number(64) + number(65) + copy(0, 64), base=back(len(p.data) - at))
p.write()

# a commit whose tree holds itself ten times over, ten levels deep
p = Pack('a-tree-of-trees')
blob = hashlib.sha1(b'blob 1\0x').digest()
p.add(BLOB, b'x', id_=blob)
below, mode = blob, b'100644'
for level in range(12):
    text = b''.join(mode + b' %d\0' % n + below for n in range(10))
    id_ = hashlib.sha1(b'tree %d\0' % len(text) + text).digest()
    p.add(TREE, text, id_=id_)
    below, mode = id_, b'40000'
text = b'tree ' + below.hex().encode() + b'\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n'
commit = hashlib.sha1(b'commit %d\0' % len(text) + text).digest()
p.add(COMMIT, text, id_=commit)
p.write()
with open(os.path.join(p.repo, 'refs', 'heads', 'main'), 'w') as f:
    f.write(commit.hex() + '\n')

# a tree whose entries end too early, and a commit that is none
p = Pack('damaged-trees')
tree = hashlib.sha1(b'tree').digest()
p.add(TREE, b'100644 a\0short', id_=tree)
p.add(COMMIT, b'tree ' + tree.hex().encode() + b'\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nx\n', id_=b'e' * 20)
p.add(COMMIT, b'no commit at all', id_=b'f' * 20)
p.write()
