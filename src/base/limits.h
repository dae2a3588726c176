/* limits.h: every limit, why it is there, and its default; each has an option `--max-NAME`. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stdint.h>

struct limits {
	uint64_t depth;         /* steps of unwrapping and decoding: a gzip nested for ever ends here */
	uint64_t entries;       /* members of one archive: a million empty names cost time, not bytes */
	uint64_t members;       /* the same of one layer of an image, which may well hold a whole system */
	uint64_t ratio;         /* bytes out per byte in of one wrapping, after its first MiB: bombs */
	uint64_t unwrapped;     /* bytes out of one target's file, over all its wrappings */
	uint64_t decoded;       /* bytes decoded out of one window */
	uint64_t seconds;       /* wall time of one file: slow formats, slow disks */
	uint64_t spool;         /* bytes kept of a stream so that it can be read again */
	uint64_t findings;      /* told of one file: a dump of a million keys tells itself early */
	uint64_t gathered;      /* held of one image or history until its end: each takes memory */
};

extern const struct limits limits_default;

#endif
