/* yaml_carry.h: what a window's end leaves open: the collections, their keys, and whose they are. */
#ifndef MANIFEST_YAML_CARRY_H
#define MANIFEST_YAML_CARRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "manifest/yaml_read.h"

/* nodes carried: each frame's, its last child, and what names an object */
#define CARRY_NODES (YAML_DEPTH * 8)

struct carried {
	uint32_t parent;                /* place in this list, plus one; 0: the root */
	uint32_t key, key_end, at, end; /* in the carried text */
	uint32_t index;
	uint16_t form, flags;
};

struct tree_carry {
	uint64_t offset;                /* of the window at hand in the whole text */
	uint64_t next;                  /* where reading goes on */
	bool begun, over;
	uint8_t cut;
	struct buf text;
	struct carried node[CARRY_NODES];
	uint32_t count, slot;           /* places plus one */
	struct {
		uint32_t node;
		int indent;
		bool sequence;
	} frame[YAML_DEPTH];
	unsigned depth;
};

/* Goes on where the last window stopped; false: this is the first. */
bool yaml_carry_load(struct yaml *);
void yaml_carry_save(struct yaml *);

#endif
