/* layers.h: the layers of the images that findings came from, as a tree with what each adds. */
#ifndef REPORT_LAYERS_H
#define REPORT_LAYERS_H

#include <stddef.h>

#include "base/arena.h"

struct finding;
struct layers_row;
struct report;

struct layers {
	struct arena arena;
	struct layers_row *row;
	size_t count, cap;
	size_t last;                    /* found last */
	size_t left;                    /* findings whose layers were too many to be listed */
};

void layers_init(struct layers *);
void layers_done(struct layers *);

/* Counts a finding in each layer where it stands; one that is in no image is none of its business. */
void layers_add(struct layers *, const struct finding *);

/* Writes a tree for each image; nothing where no finding was in one. */
void layers_tell(struct layers *, struct report *);

#endif
