/* finding.h: a hit worth telling. It never holds the secret, unless asked with show_secrets. */
#ifndef STANCH_FINDING_H
#define STANCH_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <stanch/blob.h>

struct rule;

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
enum confidence { CONFIDENCE_POSSIBLE, CONFIDENCE_LIKELY, CONFIDENCE_STRONG, CONFIDENCE_CERTAIN };

/* what speaks for a finding, strongest first; a set of bits */
enum evidence {
	EVIDENCE_CHECKSUM = 1,          /* its check digits are right */
	EVIDENCE_STRUCTURE = 2,         /* it parses as what it claims to be */
	EVIDENCE_PREFIX = 4,            /* a distinctive prefix and shape */
	EVIDENCE_PAIR = 8,              /* its counterpart stands nearby */
	EVIDENCE_ASSIGNMENT = 16,       /* assigned to a telling name */
	EVIDENCE_RANDOMNESS = 32,       /* looks random for its alphabet */
};

/* Where the same secret stands, too; fields as in struct finding. */
struct finding_place {
	const struct origin *origin;
	uint64_t offset, line, end_line, column, end_column, column16, end_column16;
};

#define MARK_BYTES 16
#define FINDING_ID_CHARS 32

struct finding {
	const struct rule *rule;
	const struct origin *origin;    /* the finding's own copy of the way here */
	enum confidence confidence;
	unsigned evidence;              /* bits of enum evidence */
	double entropy;                 /* Shannon, bits a character of the secret */
	uint64_t offset;                /* in the innermost text that a person can open */
	uint64_t line, end_line;        /* from 1; 0 in a binary, where only offset tells */
	uint64_t column, end_column;    /* bytes, from 1; end is one past the last */
	uint64_t column16, end_column16;        /* the same in UTF-16 units, for SARIF */
	size_t length;                  /* of the secret, bytes */
	uint8_t mark[MARK_BYTES];       /* keyed hash: the same secret has the same mark */
	char id[FINDING_ID_CHARS + 1];  /* hex: rule, mark and path; survives moved lines */
	char preview[24];               /* first and last characters, as few as tell */
	const char *key;                /* the name it was assigned to, or NULL */
	const char *path, *pointer;     /* in a manifest: its key path, and as a JSON Pointer; or NULL */
	const char *object_kind, *object_namespace, *object_name;       /* of a cluster's object; or NULL */
	const char *excerpt;            /* its line, secret masked, control characters shown; or NULL */
	size_t excerpt_at, excerpt_len; /* where in excerpt the masked secret stands */
	const char *why;                /* one phrase for people: what the evidence says, or NULL */
	const char *secret;             /* NULL unless show_secrets */
	struct life life;               /* of a history: over all versions that hold it at this path */
	const struct finding_place *places;     /* the other places where it stands, in the order of the input */
	size_t place_count;
};

/* A blob or part of one that could not be read or not to its end. */
struct unread {
	const struct origin *origin;
	const char *why;                /* one phrase */
};

/* A comment that allows findings, where there are none that it allows. */
struct idle_comment {
	const struct origin *origin;
	uint64_t line;
	const char *rule;               /* the id that it names, or NULL */
};

/* What is no finding, because it is sealed or names what holds the secret. */
struct safe {
	const struct origin *origin;
	uint64_t line;                  /* 0: it lies in something encoded */
	const char *path;               /* its key path, or NULL */
	const char *why;                /* one phrase */
};

const char *severity_name(enum severity);
const char *confidence_name(enum confidence);

/* the value of a name, or -1 */
int severity_parse(const char *);
int confidence_parse(const char *);

/* The i-th evidence word of the set, strongest first; NULL past the last. */
const char *evidence_name(unsigned evidence, unsigned i);

#endif
