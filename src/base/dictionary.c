#include "base/dictionary.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>

/* what 7z and xz take at their best */
#define UNKNOWN ((uint64_t)64 << 20)

#define XZ_HEADER 12                    /* of the stream; a block's comes next */
#define XZ_COMPRESSED 0x40
#define XZ_UNCOMPRESSED 0x80
#define XZ_LZMA2 0x21

/* A thread that has large ones. */
struct holder {
	pthread_t thread;
	uint64_t size;
};

/* in the order in which they came: each has more than a small one, and only the first may take more than there is */
static struct holder holder[DICTIONARY_ALL / DICTIONARY_SMALL + 1];
static size_t holders;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t given = PTHREAD_COND_INITIALIZER;

static bool
starts(struct bytes head, const char *magic, size_t n)
{
	return bytes_equal(bytes_cut(head, 0, n), (struct bytes){ (const uint8_t *)magic, n });
}

/* n bytes, the lowest first; those past the end are 0 */
static uint64_t
number(struct bytes in, size_t at, size_t n)
{
	uint64_t v = 0;

	for (size_t i = n; i-- > 0;)
		v = v << 8 | (at + i < in.len ? in.at[at + i] : 0);
	return v;
}

/* seven bits a byte, the lowest first */
static uint64_t
varint(struct bytes in, size_t *at)
{
	uint64_t v = 0;

	for (unsigned shift = 0; *at < in.len && shift < 63; shift += 7) {
		const uint8_t c = in.at[(*at)++];

		v |= (uint64_t)(c & 0x7f) << shift;
		if (!(c & 0x80))
			break;
	}
	return v;
}

/* of the first block's filters the one that has a dictionary; further blocks of a file have the same */
static uint64_t
of_xz(struct bytes in)
{
	const uint8_t flags = in.len > XZ_HEADER + 1 ? in.at[XZ_HEADER + 1] : 0;
	size_t at = XZ_HEADER + 2;

	for (unsigned skip = (flags & XZ_COMPRESSED) / XZ_COMPRESSED + (flags & XZ_UNCOMPRESSED) / XZ_UNCOMPRESSED; skip; skip--)
		varint(in, &at);
	for (unsigned filters = (flags & 3) + 1; filters && at < in.len; filters--) {
		const uint64_t id = varint(in, &at), size = varint(in, &at);

		if (id == XZ_LZMA2 && at < in.len && in.at[at] <= 40)
			return (uint64_t)(2 | (in.at[at] & 1)) << (in.at[at] / 2 + 11);
		if (size > in.len)
			break;
		at += size;
	}
	return UNKNOWN;
}

static uint64_t
of_zstd(struct bytes in)
{
	static const uint8_t ids[] = { 0, 1, 2, 4 }, sizes[] = { 1, 2, 4, 8 };
	const uint8_t flags = in.len > 4 ? in.at[4] : 0, window = in.len > 5 ? in.at[5] : 0xff;
	const uint64_t base = (uint64_t)1 << (10 + window / 8);

	/* a frame to be skipped comes first */
	if (!starts(in, "\x28\xb5\x2f\xfd", 4))
		return UNKNOWN;
	/* all of its content is one segment, or there is a window */
	if (flags & 0x20)
		return number(in, 5 + ids[flags & 3], sizes[flags >> 6]);
	return base + base / 8 * (window % 8);
}

uint64_t
dictionary_of(struct bytes head)
{
	if (starts(head, "\xfd" "7zXZ\0", 6))
		return of_xz(head);
	if (starts(head, "\x28\xb5\x2f\xfd", 4) || (head.len >= 4 && (head.at[0] & 0xf0) == 0x50 && bytes_starts(bytes_cut(head, 1, 4), "\x2a\x4d\x18")))
		return of_zstd(head);
	if (starts(head, "7z\xbc\xaf\x27\x1c", 6))
		return UNKNOWN;
	return head.len >= 13 && head.at[0] == 0x5d ? number(head, 1, 4) : 0;
}

/* this thread among those that have some, or one past them */
static size_t
own(void)
{
	size_t i = 0;

	while (i < holders && !pthread_equal(holder[i].thread, pthread_self()))
		i++;
	return i;
}

/* the first one never waits, so that there is always one that goes on */
static bool
has_room(uint64_t size)
{
	uint64_t all = size;

	for (size_t i = 0; i < holders; i++)
		all += holder[i].size;
	return all <= DICTIONARY_ALL || own() == 0;
}

void
dictionary_take(uint64_t size)
{
	size_t i;

	pthread_mutex_lock(&lock);
	while (!has_room(size))
		pthread_cond_wait(&given, &lock);
	i = own();
	if (i == holders)
		holder[holders++] = (struct holder){ .thread = pthread_self() };
	holder[i].size += size;
	pthread_mutex_unlock(&lock);
}

void
dictionary_give(uint64_t size)
{
	size_t i;

	pthread_mutex_lock(&lock);
	i = own();
	holder[i].size -= size;
	if (holder[i].size == 0)
		memmove(&holder[i], &holder[i + 1], (--holders - i) * sizeof *holder);
	pthread_cond_broadcast(&given);
	pthread_mutex_unlock(&lock);
}
