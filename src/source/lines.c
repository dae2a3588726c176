#include "source/lines.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

_Static_assert(sizeof((struct lines *)0)->key == crypto_shorthash_KEYBYTES && crypto_shorthash_BYTES == 8, "sizes of the line hash");

void
lines_init(struct lines *l)
{
	*l = (struct lines){ 0 };
	crypto_shorthash_keygen(l->key);
}

void
lines_done(struct lines *l)
{
	free(l->slot);
	*l = (struct lines){ 0 };
}

bool
lines_take(struct bytes *text, struct bytes *line)
{
	const uint8_t *lf = text->len ? memchr(text->at, '\n', text->len) : NULL;

	if (text->len == 0)
		return false;
	*line = bytes_cut(*text, 0, lf ? (size_t)(lf - text->at) : text->len);
	*text = bytes_cut(*text, line->len + 1, text->len);
	return true;
}

static uint64_t
hash(const struct lines *l, struct bytes line)
{
	uint64_t h;

	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	crypto_shorthash((unsigned char *)&h, line.at, line.len, l->key);
	return h ? h : 1;
}

static uint64_t *
find(uint64_t *slot, size_t slots, uint64_t h)
{
	size_t i = (size_t)h & (slots - 1);

	while (slot[i] && slot[i] != h)
		i = (i + 1) & (slots - 1);
	return &slot[i];
}

/* kept at most half full */
static int
grow(struct lines *l)
{
	const size_t slots = l->slots ? l->slots * 2 : 256;
	uint64_t *slot;

	if (l->count < l->slots / 2)
		return 0;
	slot = calloc(slots, sizeof *slot);
	if (!slot)
		return -1;
	for (size_t i = 0; i < l->slots; i++)
		if (l->slot[i])
			*find(slot, slots, l->slot[i]) = l->slot[i];
	free(l->slot);
	l->slot = slot;
	l->slots = slots;
	return 0;
}

int
lines_add(struct lines *l, struct bytes text)
{
	struct bytes line;

	while (lines_take(&text, &line)) {
		uint64_t *at, h;

		if (grow(l) < 0)
			return -1;
		h = hash(l, line);
		at = find(l->slot, l->slots, h);
		l->count += *at == 0;
		*at = h;
	}
	return 0;
}

bool
lines_have(const struct lines *l, struct bytes line)
{
	return l->slots && *find(l->slot, l->slots, hash(l, line)) != 0;
}
