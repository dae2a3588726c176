/* places.h: every folder and descriptor that a delivery works with, opened once, before anything hostile is read. */
#ifndef DELIVER_PLACES_H
#define DELIVER_PLACES_H

#include <stddef.h>
#include <stdint.h>

#include <stanch/seal.h>

struct error;
struct arguments;

/* a file: the folder that holds it, and its name there; dir is -1 where there is none */
struct where {
	int dir;
	const char *name;       /* borrowed */
	const char *shown;      /* as it was named; borrowed */
};

struct places {
	int sealed, target, audit;      /* -1 where there is none */
	struct where set, signers, pin, identities[SEAL_IDENTITIES_MAX];
	struct where *templates;
	size_t template_count;
};

/* Nothing is open. */
void places_init(struct places *);

/*
 * Opens what the options name, makes the target where it is missing, and
 * refuses signers and pin files that lie beneath the sealed folder, a target
 * not in memory, and an audit log that is no plain file. Reads nothing.
 */
int places_open(struct places *, const struct arguments *, struct error *);
void places_close(struct places *);

/*
 * Opens a file for reading, through one "..data" where its folder holds it, and
 * nothing but a plain file: its descriptor, or -1.
 */
int places_read(const struct where *, struct error *);

#endif
