#include "base/limits.h"

const struct limits limits_default = {
	.depth = 16,
	.entries = 250000,
	.ratio = 1000,
	.unwrapped = (uint64_t)64 << 30,
	.decoded = (uint64_t)4 << 20,
	.seconds = 300,
	.spool = (uint64_t)32 << 20,
	.findings = 10000,
};

#define OPTION(field, about) { #field, offsetof(struct limits, field), about }

const struct limit_option limit_options[] = {
	OPTION(depth, "steps of unwrapping and decoding, one in another"),
	OPTION(entries, "members of one archive"),
	OPTION(ratio, "bytes out per byte in of one archive or compressed file"),
	OPTION(unwrapped, "bytes unwrapped out of one file in all"),
	OPTION(decoded, "bytes decoded out of one window of text"),
	OPTION(seconds, "seconds spent on one file"),
	OPTION(spool, "bytes kept of a stream that must be read again"),
	OPTION(findings, "findings told of one file"),
	{ 0 },
};
