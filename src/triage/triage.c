#include "triage/triage.h"

#include <string.h>
#include <strings.h>

#include "base/glob.h"
#include "match/assign.h"
#include "match/match.h"
#include "match/window.h"
#include "rules/rule.h"
#include "rules/rules.h"
#include "triage/allow.h"
#include "triage/checksum.h"
#include "triage/placeholder.h"
#include "triage/randomness.h"
#include "triage/shape.h"
#include "triage/value.h"
#include "triage/value_file.h"

/* the least probability of chance for a value that nothing but its neighbourhood speaks for */
#define RANDOM_ENOUGH 0.5

static enum verdict
ask_path(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	/* a host or an account tells about the owner of a tree, not about the authors of the packages in it, nor about examples */
	if (h->rule->severity == SEVERITY_INFO && (value_file_foreign(in->file) || value_file_example(in->file))) {
		j->why = "no secret, but a name, in an example or somebody else's package";
		return VERDICT_PATH;
	}
	if (!h->rule->paths)
		return VERDICT_KEEP;
	for (const char *const *p = h->rule->paths; *p; p++)
		if (glob_path(*p, in->file))
			return VERDICT_KEEP;
	return VERDICT_PATH;
}

static enum verdict
ask_checksum(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	const struct checksum_kind *kind = h->rule->checksum ? checksum_find(h->rule->checksum) : NULL;

	(void)in;
	if (!kind)
		return VERDICT_KEEP;
	switch (checksum_check(kind, (const char *)h->secret.at, h->secret.len, &j->why)) {
	case CHECKSUM_INVALID:
		return VERDICT_CHECKSUM;
	case CHECKSUM_VALID:
		j->evidence |= EVIDENCE_CHECKSUM;
		j->confidence = CONFIDENCE_CERTAIN;
		break;
	case CHECKSUM_STRUCTURE:
		j->evidence |= EVIDENCE_STRUCTURE;
		break;
	case CHECKSUM_NONE:
		break;
	}
	return VERDICT_KEEP;
}

/* a valid checksum outweighs any look; a vendor's shape outweighs what may have been typed by hand */
static enum verdict
ask_placeholder(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	const char *why;
	bool sure;

	(void)in;
	if (h->assign || j->evidence & (EVIDENCE_CHECKSUM | EVIDENCE_STRUCTURE))
		return VERDICT_KEEP;
	/* what no shape but a command or a file's form speaks for was typed by a person, as are stand-ins */
	if (h->rule->kind == RULE_TOKEN && h->rule->confidence == CONFIDENCE_LIKELY && h->rule->severity > SEVERITY_INFO && (why = placeholder_reference(h->secret))) {
		j->why = why;
		return VERDICT_PLACEHOLDER;
	}
	if (!(why = placeholder_shape(h->secret, &sure)))
		return VERDICT_KEEP;
	j->why = why;
	/* of a name that is no secret, only masks are none */
	if (h->rule->severity == SEVERITY_INFO)
		sure = placeholder_name(h->secret) != NULL;
	if (!sure && j->confidence > CONFIDENCE_LIKELY)
		j->confidence = CONFIDENCE_LIKELY;
	return sure ? VERDICT_PLACEHOLDER : VERDICT_KEEP;
}

static enum verdict
ask_entropy(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	(void)in;
	return j->entropy < h->rule->entropy ? VERDICT_ENTROPY : VERDICT_KEEP;
}

/* the vendor's word, a word such as key, exactly its length and both letters and digits: names of things are seldom all of that */
static bool
whole_shape(const struct hit *h, const struct randomness *r)
{
	return h->telling && h->rule->length_max >= 16 && h->rule->length_max - h->rule->length_min <= 4 && r->digits > 1 && r->letters > 1 && r->others == 0;
}

/* what has no shape must at least look random; where a pattern gives it one, the pattern decides */
static enum verdict
ask_randomness(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	struct randomness r;

	(void)in;
	if (h->rule->kind != RULE_KEYED && h->rule->kind != RULE_COMPANION && h->rule->severity != SEVERITY_INFO)
		return VERDICT_KEEP;
	randomness_of(h->secret, &r);
	if (j->why || h->rule->uuid)    /* typed by hand, as was said already; or too short a hex text for a judgement */
		return VERDICT_KEEP;
	if (randomness_probability(&r) >= RANDOM_ENOUGH) {
		j->evidence |= EVIDENCE_RANDOMNESS;
		return VERDICT_KEEP;
	}
	if (h->rule->pattern || whole_shape(h, &r))
		return VERDICT_KEEP;
	j->why = randomness_phrase(&r);
	return VERDICT_NOT_RANDOM;
}

static bool
is_changelog(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strncasecmp(slash ? slash + 1 : path, "changelog", 9) == 0;
}

/* the line before a hit, as far as it tells */
static struct bytes
line_before(const struct hit *h, size_t most)
{
	const struct bytes text = h->window->text;
	size_t from = h->at;

	while (from && h->at - from < most && text.at[from - 1] != '\n')
		from--;
	return bytes_cut(text, from, h->at);
}

/* "sha": "…", git/blobs/…: what git calls by 40 hex digits */
static bool
names_object(struct bytes before)
{
	static const char *const words[] = { "sha", "blob", "blobs", "tree", "trees", "commits", "commit_id", "ref" };

	while (before.len && memchr("\"': =/", before.at[before.len - 1], 6))
		before.len--;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		const size_t n = strlen(words[i]);

		if (before.len > n && bytes_equal(bytes_cut(before, before.len - n, before.len), bytes_of(words[i])) &&
		    memchr("\"'/ ", before.at[before.len - n - 1], 4))
			return true;
	}
	return false;
}

/* 40 hex digits that a vendor's name stands near: behind "commit", and in a list of changes, git's */
static enum verdict
ask_commit(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	const struct bytes before = line_before(h, 24);

	if (h->assign || h->secret.len != 40 || j->evidence & (EVIDENCE_CHECKSUM | EVIDENCE_STRUCTURE))
		return VERDICT_KEEP;
	for (size_t i = 0; i < h->secret.len; i++)
		if (!memchr("0123456789abcdef", h->secret.at[i], 16))
			return VERDICT_KEEP;
	if (bytes_find(before, bytes_of("ommit")) == before.len && !names_object(before) && !(in->file && is_changelog(in->file)))
		return VERDICT_KEEP;
	j->why = "a commit's id";
	return VERDICT_NOT_SECRET;
}

/* https://api.codacy.com/project/badge/Grade/…: shown to everybody */
static enum verdict
ask_badge(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	const struct bytes before = line_before(h, 40);

	(void)in;
	if (h->assign || h->rule->kind != RULE_KEYED || bytes_find(before, bytes_of("/badge/")) == before.len)
		return VERDICT_KEEP;
	j->why = "a badge's address";
	return VERDICT_NOT_SECRET;
}

/* what a vendor's own rule did not take is not told by a guess; what only the name promises is told as doubtful */
static enum verdict
ask_shape(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	if (!h->assign)
		return VERDICT_KEEP;
	if (shape_prefix(in->rules, h->secret)) {
		j->why = NULL;
		return VERDICT_SHAPE;
	}
	if (j->confidence > CONFIDENCE_POSSIBLE && shape_named(in->rules, h->assign->name)) {
		j->confidence = CONFIDENCE_POSSIBLE;
		j->why = "named like a vendor's key, but not of its shape";
	}
	return VERDICT_KEEP;
}

static enum verdict
ask_value(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	struct judgement value;

	if (!h->assign)
		return VERDICT_KEEP;
	if (!value_judge(h->assign, h->value, in->file, &value)) {
		j->why = value.why;
		return VERDICT_NOT_SECRET;
	}
	j->confidence = value.confidence < j->confidence ? value.confidence : j->confidence;
	j->evidence |= value.evidence;
	j->why = value.why;
	return VERDICT_KEEP;
}

static enum verdict
ask_allow(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	(void)in;
	(void)j;
	return allow_has(h->window->text, h->at, h->rule->id) ? VERDICT_ALLOWED : VERDICT_KEEP;
}

/* every reason to drop a hit, in the order in which they are asked */
static enum verdict (*const reasons[])(const struct hit *, const struct triage_sight *, struct judged *) = {
	ask_path,
	ask_checksum,
	ask_placeholder,
	ask_entropy,
	ask_randomness,
	ask_commit,
	ask_badge,
	ask_value,
	ask_shape,
	ask_allow,
};

static unsigned
first_evidence(const struct hit *h)
{
	switch (h->rule->kind) {
	case RULE_TOKEN:
		return EVIDENCE_PREFIX;
	case RULE_COMPANION:
		return EVIDENCE_PAIR;
	case RULE_KEYED:
	case RULE_ASSIGNMENT:
		break;
	}
	return EVIDENCE_ASSIGNMENT;
}

void
triage(const struct hit *h, const struct triage_sight *in, struct judged *j)
{
	struct randomness r;

	randomness_of(h->secret, &r);
	*j = (struct judged){
		.confidence = h->rule->confidence,
		.evidence = first_evidence(h),
		.entropy = r.entropy,
	};
	for (size_t i = 0; j->verdict == VERDICT_KEEP && i < sizeof reasons / sizeof reasons[0]; i++)
		j->verdict = reasons[i](h, in, j);
}

size_t
triage_picky(const struct rules *rules, const struct rule **picky, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < rules->count; i++)
		if (rules->rule[i]->paths && n++ < max)
			picky[n - 1] = rules->rule[i];
	return n;
}

unsigned
triage_kind(const struct rule *const *picky, size_t count, const char *file)
{
	unsigned kind = (unsigned)value_file(file) * 8 + value_file_test(file) * 4U + value_file_example(file) * 2U + value_file_foreign(file);

	for (size_t i = 0; i < count; i++) {
		bool in = false;

		for (const char *const *p = picky[i]->paths; *p && !in; p++)
			in = glob_path(*p, file);
		kind = kind * 31 + in + 1;
	}
	return kind & 0x1fffffff;
}
