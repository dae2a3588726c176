/* verdict.h: why a hit was kept or dropped. */
#ifndef TRIAGE_VERDICT_H
#define TRIAGE_VERDICT_H

enum verdict {
	VERDICT_KEEP,
	VERDICT_PATH,           /* the rule looks only at other files */
	VERDICT_CHECKSUM,       /* the shape is right, the check digits are wrong */
	VERDICT_PLACEHOLDER,
	VERDICT_ENTROPY,        /* less than the rule asks for */
	VERDICT_NOT_RANDOM,
	VERDICT_SHAPE,          /* begins like a vendor's token, and is none */
	VERDICT_NOT_SECRET,     /* the assignment's value is something else */
	VERDICT_ALLOWED,        /* by a comment */
	VERDICT_OVERSHADOWED,   /* a better finding covers it */
	VERDICT_UNLIKELY,       /* below the confidence asked for */
	VERDICT_BASELINE,
	VERDICT_IGNORED,        /* by .stanchignore */
};

/* the verdict in words, for `explain` */
const char *verdict_words(enum verdict);

#endif
