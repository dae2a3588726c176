/*
 * change.h: adding to a tree's text and taking away again, in the style of what
 * stands around. What can't be told from the changed text alone, because
 * something had to go, is remembered in `was`, by its path.
 */
#ifndef EDIT_CHANGE_H
#define EDIT_CHANGE_H

#include <jansson.h>
#include <stdbool.h>

#include "edit/edits.h"
#include "edit/style.h"

struct error;
struct node;
struct outline;

struct change {
	struct outline *tree;              /* borrowed */
	const struct node *top;         /* paths in `was` begin here */
	struct style style;             /* of what is added in blocks */
	struct edits *edits;            /* borrowed */
	json_t *was;                    /* path: text that was replaced */
};

/* -1 when memory ran out */
int change_init(struct change *, struct outline *, const struct node *top, struct edits *, struct error *);
void change_done(struct change *);

/*
 * Adds a pair to a map, behind the pair of `after` (a value of it), else last.
 * Refused where the map is shared through an anchor or would hide what it
 * takes over by a merge key.
 */
int change_add_pair(struct change *, const struct node *map, const struct node *after, const char *key, const json_t *value,
	struct error *);

/*
 * Adds all of `items` to the sequence that map has under key, first or last;
 * makes the sequence where there is none. The same for the pairs of a map.
 */
int change_add_items(struct change *, const struct node *map, const struct node *after, const char *key, const json_t *items, bool first,
	struct error *);
int change_add_pairs(struct change *, const struct node *map, const struct node *after, const char *key, const json_t *pairs,
	struct error *);

/* Remembers what adding to an empty value will replace, before it is added to. */
int change_foresee(struct change *, const struct node *, struct error *);

/* Puts a value in the place of an item of a sequence or of a map's value; `path` is how it will be found again. */
int change_replace(struct change *, const struct node *, const json_t *value, const char *path, struct error *);

/*
 * Takes out every node beneath top that is marked gone, and what was made only
 * to hold such; puts back what `was` says.
 */
int change_take_back(struct change *, struct error *);

#endif
