#include "scan/batch.h"

#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "blob/origin.h"
#include "match/window.h"
#include "scan/job.h"
#include "scan/pool.h"

/* files up to this size are copied: larger ones are worth windows of their own */
#define SMALL ((size_t)256 << 10)

/* A file's content, and how reading it ended. */
struct copy {
	struct bytes all, left;
	struct error failed;            /* code set: behind the content */
};

static int
copy_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct copy *c = b->state;

	if (c->left.len) {
		*out = c->left;
		c->left.len = 0;
		return 1;
	}
	if (!c->failed.code)
		return 0;
	*err = c->failed;
	return -1;
}

static int
copy_seek(struct blob *b, uint64_t offset, struct error *err)
{
	struct copy *c = b->state;

	(void)err;
	c->left = bytes_cut(c->all, offset < c->all.len ? (size_t)offset : c->all.len, c->all.len);
	return 0;
}

static bool
begin(struct batch *b)
{
	uint8_t *memory;

	if (b->job)
		return true;
	memory = b->pool ? pool_memory(b->pool) : NULL;
	b->job = memory ? job_new(JOB_BLOBS_KIND) : NULL;
	b->used = 0;
	if (b->job)
		b->job->memory = memory;
	else if (memory)
		pool_memory_back(b->pool, memory);
	return b->job;
}

bool
batch_full(const struct batch *b)
{
	return b->job && (b->job->count == JOB_BLOBS || WINDOW_SIZE - b->used < SMALL);
}

/* reads what fits: 1 all of it, -1 it failed behind that */
static int
fill(struct batch *b, struct blob *file, size_t *len, struct error *err)
{
	struct bytes block;
	int got;

	*len = 0;
	file->room = NULL;
	while ((got = file->read(file, &block, err)) > 0) {
		if (*len + block.len > SMALL)
			return error_set(err, ERROR_INTERNAL, "it is larger than its header says");
		memcpy(b->job->memory + b->used + *len, block.at, block.len);
		*len += block.len;
	}
	return got < 0 ? -1 : 1;
}

bool
batch_add(struct batch *b, struct blob *file)
{
	struct error err = { 0 };
	struct copy *copy;
	struct blob *one;
	size_t len;

	if (file->open || !file->size || file->size > SMALL || !begin(b))
		return false;
	copy = arena_new(&b->job->arena, sizeof *copy);
	one = &b->job->blob[b->job->count];
	*one = (struct blob){ .origin = origin_copy(file->origin, &b->job->arena), .read = copy_read, .seek = copy_seek, .state = copy };
	if (!copy || !one->origin)
		return false;
	if (fill(b, file, &len, &err) < 0)
		copy->failed = err;
	copy->all = copy->left = (struct bytes){ b->job->memory + b->used, len };
	one->size = len;
	b->used += len;
	b->job->count++;
	return true;
}

struct job *
batch_take(struct batch *b)
{
	struct job *job = b->job;

	b->job = NULL;
	if (!job || job->count)
		return job;
	pool_memory_back(b->pool, job->memory);
	job_free(job);
	return NULL;
}
