#!/usr/bin/env python3
"""Fits the weights of src/triage/value.c and makes src/triage/value_table.c.

  fit.py CASES.jsonl.gz FEATURES.jsonl [CLEAN.jsonl ...] > src/triage/value_table.c

CASES are labelled places (see the cases' own README), FEATURES what
value_features says of every candidate in them, one JSON object a line:
{"file", "line", "name", "secret", "f": [...]}; CLEAN the same of source trees
that hold no secret: all of those are false. Needs numpy. Folds are whole
projects (the first part of "file"); the figures of the cross-validation go to
stderr, predictions to FEATURES.cv as findings for score.py.
"""
import collections, gzip, json, sys
import numpy

NEUTRAL = {"UUID", "Nonce", "Salt", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID", "Twilio SID"}
FOLDS, RIDGE, CLEAN_WEIGHT = 8, 0.5, 0.3


def label(case, found):
    """1 a secret, 0 none, None neutral."""
    line = case["text"].split("\n")[found["line"] - 1]
    out = 0
    for row in case["rows"]:
        if not row["line"] <= found["line"] <= row["end_line"]:
            continue
        at = line.find(found["secret"])
        end = row["end"] if row["end"] >= 0 else row["start"] + 1
        if row["start"] >= 0 and at >= 0 and not (at < end and at + len(found["secret"]) > row["start"]):
            continue
        if row["truth"] == "T":
            if set(row["category"].split(":")) <= NEUTRAL:
                return None
            out = 1
    return out


def fit(x, y, w):
    """Ridge logistic regression by Newton's method; the bias is not drawn to zero."""
    beta = numpy.zeros(x.shape[1])
    ridge = numpy.full(x.shape[1], RIDGE)
    ridge[0] = 1e-3
    for _ in range(30):
        p = 1 / (1 + numpy.exp(-numpy.clip(x @ beta, -30, 30)))
        gradient = x.T @ (w * (y - p)) - ridge * beta
        hessian = (x * (w * p * (1 - p) + 1e-9)[:, None]).T @ x + numpy.diag(ridge)
        step = numpy.linalg.solve(hessian, gradient)
        beta += step
        if abs(step).max() < 1e-6:
            break
    return beta


def load(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return [json.loads(line) for line in f]


def told(y, p):
    for least in (0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.93):
        kept = p >= least
        right = (kept & (y == 1)).sum()
        print("  p >= %.2f: %5d kept, precision %.3f, of candidates %.3f" % (
            least, kept.sum(), right / max(kept.sum(), 1), right / max((y == 1).sum(), 1)), file=sys.stderr)


def main():
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as f:
        cases = {c["file"]: c for c in map(json.loads, f)}
    rows = [(r, label(cases[r["file"]], r)) for r in load(sys.argv[2])]
    rows = [(r, y) for r, y in rows if y is not None]
    clean = [r for path in sys.argv[3:] for r in load(path)]
    x = numpy.array([r["f"] for r, _ in rows])
    y = numpy.array([y for _, y in rows], dtype=float)
    group = [r["file"].split("/")[0] for r, _ in rows]
    cx = numpy.array([r["f"] for r in clean]).reshape(-1, x.shape[1])
    sizes = collections.Counter(group)
    # one project with a thousand lines should not outweigh the others
    w = numpy.array([min(1.0, (60 / sizes[g]) ** 0.5) for g in group])
    cw = numpy.full(len(cx), CLEAN_WEIGHT * min(1.0, len(x) / max(len(cx), 1)))
    fold = {g: i % FOLDS for i, (g, _) in enumerate(sizes.most_common())}
    p = numpy.zeros(len(y))
    for k in range(FOLDS):
        held = numpy.array([fold[g] == k for g in group])
        beta = fit(numpy.vstack([x[~held], cx]), numpy.concatenate([y[~held], numpy.zeros(len(cx))]), numpy.concatenate([w[~held], cw]))
        p[held] = 1 / (1 + numpy.exp(-x[held] @ beta))
    print("%d candidates, %d true, %d of clean trees" % (len(y), y.sum(), len(cx)), file=sys.stderr)
    told(y, p)
    with open(sys.argv[2] + ".cv", "w", encoding="utf-8") as f:
        for (r, t), q in zip(rows, p):
            f.write(json.dumps({"file": r["file"], "line": r["line"], "secret": r["secret"], "name": r["name"], "p": round(float(q), 3), "truth": t}) + "\n")
    beta = fit(numpy.vstack([x, cx]), numpy.concatenate([y, numpy.zeros(len(cx))]), numpy.concatenate([w, cw]))
    print("/* Made by contrib/judge/fit.py; don't edit. */")
    print('#include "triage/value_table.h"')
    print("\nconst double value_weights[VALUE_FEATURES] = {")
    for i in range(0, len(beta), 8):
        print("\t" + ", ".join("%.3f" % b for b in beta[i:i + 8]) + ",")
    print("};")


if __name__ == "__main__":
    main()
