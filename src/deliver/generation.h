/*
 * generation.h: one folder that holds everything published at once. Its name
 * begins with "..", so that no secret's name can meet it, and never depends
 * on a clock.
 */
#ifndef DELIVER_GENERATION_H
#define DELIVER_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "deliver/acl.h"

struct error;

/* one file to be published */
struct item {
	const char *name;       /* as sealed.md says what a name is: no "..", no empty part */
	const uint8_t *at;
	size_t len;
	mode_t mode;            /* 0400, 0440 or 0444 */
};

/* what is to be published, and who may read it beside the owner */
struct contents {
	const struct item *items;
	size_t count;
	const struct grant *grants;
	size_t grant_count;
};

#define GENERATION_PREFIX "..stanch-"
#define GENERATION_NAME_MAX 64

/* whether a name is one that generation_make gives */
bool generation_is_name(const char *);

/* Writes all of it into a new folder in dir; a failure leaves nothing behind. */
int generation_make(int dir, const struct contents *, uint64_t epoch, char name[static GENERATION_NAME_MAX], struct error *);

/* Whether a generation holds exactly this: names, bytes, modes, owners and access lists. */
bool generation_is(int dir, const char *name, const struct contents *);

/* The mode that folders need so that whoever may read the files can reach them. */
mode_t generation_folder_mode(const struct contents *);

/* Notes when a generation ceased to be the current one, in time since boot, which no clock change moves. */
void generation_retire(int dir, const char *name);

/* Whether it ceased to be the current one less than so many seconds ago. */
bool generation_is_fresh(int dir, const char *name, unsigned seconds);

/* Overwrites its files and removes it, as far as it can; -1 when something is left. */
int generation_wipe(int dir, const char *name);

#endif
