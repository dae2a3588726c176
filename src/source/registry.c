/* images in a registry: read as they come, by processes that alone have the network */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/bytes.h"
#include "base/io.h"
#include "image/digest.h"
#include "image/oci.h"
#include "image/store.h"
#include "source/fetch.h"
#include "source/image.h"
#include "source/reference.h"
#include "source/source.h"

/* blobs that are fetched at once: more only divide the bandwidth */
#define LINES 4
#define ROOM ((size_t)64 << 10)

/* A process that fetches one thing after another. */
struct line {
	pid_t pid;
	int to, from;
	bool busy, broken;
};

struct registry {
	struct store store;
	struct reference ref;
	struct part first;
	pthread_mutex_t lock;
	pthread_cond_t freed;
	struct line line[LINES];
	unsigned lines;
};

/* What a line is fetching. */
struct fetching {
	struct registry *registry;
	struct line *line;
	struct origin origin;
	size_t left;                    /* of the frame at hand */
	bool ended;
	uint8_t room[ROOM];
};

static int
lost(struct line *l, struct error *err)
{
	l->broken = true;
	return error_set(err, EPIPE, "the process that asks the registry has ended");
}

/* the head of the next frame: its kind, or -1 */
static int
take_head(struct line *l, size_t *len, struct error *err)
{
	uint8_t head[5];

	if (io_read_full(l->from, head, sizeof head) != (ssize_t)sizeof head)
		return lost(l, err);
	*len = head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
	return head[0];
}

static int
take_error(struct line *l, size_t len, struct error *err)
{
	char text[256] = "";

	if (len >= sizeof text || io_read_full(l->from, text, len) != (ssize_t)len)
		return lost(l, err);
	return error_set(err, ERROR_INTERNAL, "%s", text);
}

/* goes to the next frame with data: 1, 0 the end, 2 there is no such thing, -1 */
static int
next_frame(struct fetching *f, struct error *err)
{
	size_t len = 0;
	const int kind = take_head(f->line, &len, err);

	f->left = 0;
	f->ended = kind != FETCH_DATA;
	if (kind == FETCH_DATA)
		f->left = len;
	if (kind == FETCH_ERROR)
		return take_error(f->line, len, err);
	return kind < 0 ? -1 : kind == FETCH_DATA ? 1 : kind == FETCH_MISSING ? 2 : 0;
}

static int
fetching_read(struct blob *b, struct bytes *out, struct error *err)
{
	struct fetching *f = b->state;
	uint8_t *const room = b->room ? b->room : f->room;
	const size_t size = b->room ? b->room_size : ROOM;
	size_t n = 0;

	/* as much as there is room for: what is read decides by its first bytes */
	while (n < size && !(f->ended && f->left == 0)) {
		const size_t some = f->left < size - n ? f->left : size - n;

		if (some && io_read_full(f->line->from, room + n, some) != (ssize_t)some)
			return lost(f->line, err);
		f->left -= some;
		n += some;
		if (f->left == 0 && !f->ended && next_frame(f, err) < 0)
			return -1;
	}
	*out = (struct bytes){ room, n };
	return n > 0;
}

static struct line *
free_line(struct registry *r)
{
	struct line *found = NULL;
	unsigned broken;

	pthread_mutex_lock(&r->lock);
	do {
		broken = 0;
		for (unsigned i = 0; i < r->lines && !found; i++) {
			broken += r->line[i].broken;
			if (!r->line[i].busy && !r->line[i].broken)
				found = &r->line[i];
		}
		if (!found && broken < r->lines)
			pthread_cond_wait(&r->freed, &r->lock);
	} while (!found && broken < r->lines);
	if (found)
		found->busy = true;
	pthread_mutex_unlock(&r->lock);
	return found;
}

static void
give_back(struct registry *r, struct line *l)
{
	pthread_mutex_lock(&r->lock);
	l->busy = false;
	pthread_cond_broadcast(&r->freed);
	pthread_mutex_unlock(&r->lock);
}

/* what nobody wants any more has to be taken off the line, or the line given up */
static void
fetching_close(struct blob *b)
{
	struct fetching *f = b->state;
	struct bytes rest;
	struct error err;

	b->room = NULL;
	for (int i = 0; !f->line->broken && !(f->ended && f->left == 0) && i < 64; i++)
		if (fetching_read(b, &rest, &err) < 0)
			break;
	if (!(f->ended && f->left == 0)) {
		f->line->broken = true;
		close(f->line->from);
		f->line->from = -1;
	}
	give_back(f->registry, f->line);
	free(f);
}

static int
ask(struct line *l, const struct store_ask *a, struct error *err)
{
	char text[256];
	const int n = snprintf(text, sizeof text, "%c %s\n", a->manifest ? 'M' : 'B', a->name);

	if (n >= (int)sizeof text)
		return error_set(err, ERROR_SYNTAX, "a name is too long");
	return io_write_full(l->to, text, (size_t)n) < 0 ? lost(l, err) : 0;
}

static int
registry_part(struct store *store, const struct store_ask *a, struct blob *b, struct error *err)
{
	struct registry *r = store->state;
	struct fetching *f = calloc(1, sizeof *f);
	int got;

	if (!f)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	f->registry = r;
	f->line = free_line(r);
	if (!f->line) {
		free(f);
		return error_set(err, EPIPE, "the processes that ask the registry have ended");
	}
	f->origin = (struct origin){ .step = ORIGIN_FILE, .name = "" };
	*b = (struct blob){ .origin = &f->origin, .size = a->size, .read = fetching_read, .close = fetching_close, .state = f };
	got = ask(f->line, a, err) < 0 ? -1 : next_frame(f, err);
	if (got == 0 || got == 1)
		return 1;
	fetching_close(b);
	return got == 2 ? 0 : -1;
}

static const char *
registry_name(struct store *store, const char *name)
{
	struct registry *r = store->state;

	return digest_valid(name) || strcmp(name, r->ref.which) == 0 ? name : NULL;
}

static void
registry_close(struct store *store)
{
	struct registry *r = store->state;

	for (unsigned i = 0; i < r->lines; i++) {
		close(r->line[i].to);
		io_close(&r->line[i].from);
		waitpid(r->line[i].pid, NULL, WNOHANG);
	}
	pthread_cond_destroy(&r->freed);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

/* the child keeps only its own ends: else a pipe would never be seen to end */
static void
start_child(struct registry *r, bool plain, const int *requests, const int *answers)
{
	for (unsigned i = 0; i < r->lines; i++) {
		close(r->line[i].to);
		close(r->line[i].from);
	}
	close(requests[1]);
	close(answers[0]);
	fetch_run(&r->ref, plain, requests[0], answers[1]);
}

static int
start_line(struct registry *r, bool plain, struct error *err)
{
	struct line *l = &r->line[r->lines];
	int requests[2], answers[2];

	if (pipe2(requests, O_CLOEXEC) < 0)
		return error_set(err, errno, "make a pipe:");
	if (pipe2(answers, O_CLOEXEC) < 0) {
		close(requests[0]);
		close(requests[1]);
		return error_set(err, errno, "make a pipe:");
	}
	fcntl(answers[1], F_SETPIPE_SZ, 1 << 20);
	*l = (struct line){ .pid = fork(), .to = requests[1], .from = answers[0] };
	if (l->pid == 0)
		start_child(r, plain, requests, answers);
	close(requests[0]);
	close(answers[1]);
	if (l->pid > 0) {
		r->lines++;
		return 0;
	}
	close(l->to);
	close(l->from);
	return error_set(err, errno, "start a process for the registry:");
}

static struct feed *
registry_open(const char *target, struct source_options *options, struct error *err)
{
	struct registry *r = calloc(1, sizeof *r);
	struct part first;
	int ret;

	if (!r) {
		error_set(err, ERROR_INTERNAL, "out of memory");
		return NULL;
	}
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->freed, NULL);
	r->store = (struct store){ registry_part, registry_name, registry_close, NULL, r };
	ret = reference_parse(&r->ref, target, err);
	for (unsigned i = 0; ret == 0 && i < (options->jobs && options->jobs < LINES ? options->jobs + 1 : LINES); i++)
		ret = start_line(r, r->ref.loopback || options->plain_http, err);
	if (ret < 0) {
		registry_close(&r->store);
		return NULL;
	}
	first = (struct part){ .name = r->ref.which, .media = "" };
	if (digest_valid(r->ref.which))
		first.digest = r->ref.which;
	return image_open_store(&r->store, &first, -1, target, options, err);
}

static int
registry_bid(const char *target)
{
	(void)target;
	return 0;
}

const struct source source_registry = {
	.name = "registry",
	.about = "registry:HOST/NAME[:TAG|@DIGEST] : an image in a registry",
	.prefix = "registry:",
	.bid = registry_bid,
	.open = registry_open,
};
