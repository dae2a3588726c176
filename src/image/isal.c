#include "image/isal.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/igzip_lib.h>

#define LIBRARY "libisal.so.2"

struct isal {
	struct inflate_state state;
};

/* what is needed of it; NULL where it is not installed */
static __typeof__(isal_inflate_init) *inflate_init;
static __typeof__(isal_inflate_reset) *inflate_reset;
static __typeof__(isal_inflate) *inflate_some;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ISO C knows no conversion from data to function pointers; POSIX promises that they are alike */
static void
find(void *library, const char *name, void *function)
{
	void *at = dlsym(library, name);

	memcpy(function, &at, sizeof at);
}

static void
load(void)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return;
	find(library, "isal_inflate_init", &inflate_init);
	find(library, "isal_inflate_reset", &inflate_reset);
	find(library, "isal_inflate", &inflate_some);
}

void
isal_load(void)
{
	pthread_once(&once, load);
}

struct isal *
isal_new(void)
{
	struct isal *s = inflate_init && inflate_reset && inflate_some ? malloc(sizeof *s) : NULL;

	if (!s)
		return NULL;
	inflate_init(&s->state);
	s->state.crc_flag = ISAL_GZIP;
	return s;
}

void
isal_free(struct isal *s)
{
	free(s);
}

int
isal_step(struct isal *s, struct bytes *in, uint8_t *room, size_t size, size_t *out, bool *ended)
{
	struct inflate_state *state = &s->state;
	int r;

	state->next_in = (uint8_t *)(uintptr_t)in->at;
	state->avail_in = (uint32_t)in->len;
	state->next_out = room + *out;
	state->avail_out = (uint32_t)(size - *out);
	r = inflate_some(state);
	*in = bytes_cut(*in, in->len - state->avail_in, in->len);
	*out = size - state->avail_out;
	if (r != ISAL_DECOMP_OK)
		return -1;
	*ended = state->block_state == ISAL_BLOCK_FINISH;
	if (*ended) {
		inflate_reset(state);
		state->crc_flag = ISAL_GZIP;
	}
	return 0;
}
