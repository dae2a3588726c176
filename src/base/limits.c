#include "base/limits.h"

const struct limits limits_default = {
	.depth = 16,
	.entries = 250000,
	.members = 4000000,
	.ratio = 1000,
	.unwrapped = (uint64_t)64 << 30,
	.decoded = (uint64_t)4 << 20,
	.seconds = 300,
	.spool = (uint64_t)32 << 20,
	.findings = 10000,
	.gathered = 50000,
};
