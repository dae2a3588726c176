/* lineage.h: what the scan of one job's versions works on: versions.c scans, telling.c makes findings. */
#ifndef SCAN_LINEAGE_H
#define SCAN_LINEAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "match/window.h"
#include "scan/keep.h"
#include "scan/records.h"
#include "scan/lives.h"

struct job;
struct rule;
struct version;
struct worker;
struct worker_shared;

struct lineage {
	struct worker *worker;
	const struct worker_shared *shared;
	struct job *job;
	struct records *known; /* by place */
	size_t places;
	struct records fresh; /* of the version at hand */
	struct ranges ranges;
	struct again again;
	struct keeps keeps;
	struct lives lives;
	struct buf file;
	struct buf kind_file; /* whose kind is known */
	unsigned kind;
	uint64_t named; /* its hash */
	const struct rule **picky; /* rules that look only into some files */
	size_t picky_count;
	const struct version *version;
	struct window window; /* over the whole text of the version at hand */
	uint64_t number;      /* of the version at hand, from 1 */
	bool failed;          /* memory ran out */
};

#endif
