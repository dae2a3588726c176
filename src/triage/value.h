/*
 * value.h: judges what is assigned to a telling name. The verdict weighs the
 * name, the syntax, the value and the file's kind by a logistic model whose
 * weights contrib/judge/fit.py learnt; what can't be a secret is dropped first.
 */
#ifndef TRIAGE_VALUE_H
#define TRIAGE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include <stanch/finding.h>

#include "base/bytes.h"

struct assign;

#define VALUE_FEATURES 64

struct judgement {
	bool keep;
	enum confidence confidence;
	unsigned evidence;      /* bits of enum evidence */
	const char *why;        /* a phrase for people: why kept, or why dropped; static */
	double entropy;         /* Shannon, bits a byte */
	double randomness;      /* 0 to 1, see randomness.h */
	double probability;     /* that it is a secret, 0 to 1 */
};

/* Judges the i-th value; path is its file's as reports name it, or NULL. Returns out->keep. */
bool value_judge(const struct assign *, size_t i, const char *path, struct judgement *out);

/* Why it can't be a secret whatever else speaks for it; a static phrase, or NULL. */
const char *value_refuse(const struct assign *, size_t i, const char *path);

/* What the model sees, for value_judge and for contrib/judge. */
void value_features(const struct assign *, size_t i, const char *path, double out[static VALUE_FEATURES]);

#endif
