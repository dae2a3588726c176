#include "triage/verdict.h"

static const char *const words[] = {
	[VERDICT_KEEP] = "kept",
	[VERDICT_PATH] = "dropped: the rule looks only at files of other names",
	[VERDICT_CHECKSUM] = "dropped: its check digits are wrong",
	[VERDICT_PLACEHOLDER] = "dropped: a placeholder",
	[VERDICT_ENTROPY] = "dropped: too little entropy for this rule",
	[VERDICT_NOT_RANDOM] = "dropped: not random enough for a key without a shape",
	[VERDICT_SHAPE] = "dropped: has a vendor's prefix, but not its shape",
	[VERDICT_NOT_SECRET] = "dropped: what is assigned is no secret",
	[VERDICT_ALLOWED] = "dropped: allowed by a comment",
	[VERDICT_OVERSHADOWED] = "dropped: a better finding covers it",
	[VERDICT_UNLIKELY] = "kept, but below the confidence that is reported",
	[VERDICT_BASELINE] = "dropped: in the baseline",
	[VERDICT_IGNORED] = "dropped: in .stanchignore",
};

const char *
verdict_words(enum verdict v)
{
	return words[v];
}
