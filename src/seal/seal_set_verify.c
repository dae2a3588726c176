/* What a set and its files must be, in the order of stanch-sealed(5). */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "seal/seal_sign.h"
#include "seal/seal_signers.h"
#include "seal/seal_status.h"

static enum seal_status
check(const struct seal_set *set, const struct seal_signers *signers, const struct seal_set_asked *asked)
{
	enum seal_status s;

	if (asked->pin && sodium_memcmp(asked->pin, set->pin, sizeof set->pin) != 0)
		return SEAL_SET_PIN;
	if (asked->now < SEAL_CLOCK_LEAST)
		return SEAL_CLOCK;
	s = seal_signers_judge(signers, set->from, SEAL_MAY_SET, set->scope, NULL, asked->now);
	if (s != SEAL_OK)
		return s;
	if (!seal_sign_holds(SEAL_SIGN_SET, set->signed_hash, set->from, set->signature))
		return SEAL_SET_SIGNATURE;
	if (set->expires != SEAL_NEVER && asked->now >= set->expires)
		return SEAL_SET_EXPIRED;
	if (asked->scope && strcmp(asked->scope, set->scope) != 0)
		return SEAL_SET_SCOPE;
	return set->epoch < asked->min_epoch ? SEAL_SET_EPOCH : SEAL_OK;
}

enum seal_status
seal_set_check(const struct seal_set *set, const struct seal_signers *signers, const struct seal_set_asked *asked, struct error *err)
{
	const enum seal_status s = check(set, signers, asked);

	return s == SEAL_OK ? s : seal_status_refuse(err, s, NULL);
}

static size_t
entry_of(const struct seal_set *set, const char *name)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = strcmp(name, set->entries[middle].name);

		if (order == 0)
			return middle;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return set->count;
}

/* finds each file's entry; a second file of a name is one too many */
static enum seal_status
match(const struct seal_set *set, const struct seal_file *files, size_t count, size_t *which, size_t *bad)
{
	for (size_t i = 0; i < set->count; i++)
		which[i] = count;
	for (*bad = 0; *bad < count; ++*bad) {
		const size_t i = entry_of(set, files[*bad].header.name);

		if (i == set->count || which[i] != count)
			return SEAL_SET_EXTRA;
		which[i] = *bad;
	}
	return SEAL_OK;
}

static uint64_t
floor_of(const struct seal_set_asked *asked, const char *name)
{
	uint64_t floor = 0;

	for (size_t i = 0; i < asked->floor_count; i++)
		if (strcmp(asked->floors[i].name, name) == 0 && asked->floors[i].version > floor)
			floor = asked->floors[i].version;
	return floor;
}

/* one file against its entry */
static enum seal_status
check_entry(const struct seal_set *set, const struct seal_set_entry *e, const struct seal_file *f, const struct seal_signers *signers,
    const struct seal_set_asked *asked, struct error *err)
{
	const struct seal_asked file = { e->name, set->scope, asked->now, floor_of(asked, e->name) };

	if (memcmp(e->digest, f->digest, sizeof e->digest) != 0 || e->version != f->header.version)
		return seal_status_refuse(err, f->header.version < e->version ? SEAL_SET_OLDER : SEAL_SET_CHANGED, NULL);
	if (e->mode != f->header.mode)
		return seal_status_refuse(err, SEAL_SET_MODE, NULL);
	return seal_verify(f, signers, &file, err);
}

enum seal_status
seal_set_verify(const struct seal_set *set, const struct seal_file *files, size_t count, const struct seal_signers *signers,
    const struct seal_set_asked *asked, size_t *which, size_t *bad, struct error *err)
{
	enum seal_status s = seal_set_check(set, signers, asked, err);

	*bad = count;
	if (s != SEAL_OK)
		return s;
	s = match(set, files, count, which, bad);
	if (s != SEAL_OK)
		return seal_status_refuse(err, s, NULL);
	for (size_t i = 0; i < set->count; i++) {
		*bad = which[i];
		if (which[i] == count)
			return seal_status_refuse(err, SEAL_SET_MISSING, "%s", set->entries[i].name);
		s = check_entry(set, &set->entries[i], &files[which[i]], signers, asked, err);
		if (s != SEAL_OK)
			return s;
	}
	*bad = count;
	return SEAL_OK;
}
