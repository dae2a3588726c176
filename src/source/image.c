/* images: their layers one by one on whichever thread is free, the texts beside them, and at the end what became of each file */
#include "source/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/blob.h>
#include <stanch/error.h>

#include "base/io.h"
#include "base/limits.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "image/fate.h"
#include "image/images.h"
#include "image/inflate.h"
#include "image/layer.h"
#include "image/parts.h"
#include "image/store.h"
#include "image/tarhead.h"
#include "source/archive.h"
#include "source/file.h"
#include "source/layout.h"
#include "source/source.h"
#include "source/stream.h"
#include "source/texts.h"

struct imaging {
	struct feed feed;
	struct images images;
	struct store *store;            /* NULL: it is streamed */
	struct part first;              /* name NULL: there is none to begin with */
	struct blob stream;             /* read NULL: there is none, or it was handed out */
	struct origin stream_origin;
	struct error broken;            /* code set: of the listing of its parts */
	int root;
	bool loaded;
	size_t layer, part;             /* handed out next */
	struct texts texts;
	char *target;
};

/* A layer that opens itself where it is read. */
struct lent {
	struct held *held;
	struct store *store;
	struct blob inner;
	bool opened;
};

static bool
lent_begin(struct lent *l, struct error *err)
{
	const struct store_ask ask = { l->held->name, l->held->part.size, false };
	const int got = l->store->open(l->store, &ask, &l->inner, err);

	l->opened = got > 0;
	if (got == 0)
		error_set(err, ENOENT, "the layer is not there");
	return l->opened;
}

static void
lent_end(struct lent *l)
{
	if (l->opened && l->inner.close)
		l->inner.close(&l->inner);
	l->opened = false;
}

static struct feed *
lent_open(struct blob *b, struct error *err)
{
	struct lent *l = b->state;

	return lent_begin(l, err) ? layer_open(&l->held->layer, &l->inner, err) : NULL;
}

static bool
lent_same(struct blob *b)
{
	struct lent *l = b->state;
	struct error err;
	const bool same = lent_begin(l, &err) && layer_same(&l->held->layer, &l->inner);

	lent_end(l);
	return same;
}

static void
lent_close(struct blob *b)
{
	lent_end(b->state);
	free(b->state);
}

static int
hand_layer(struct imaging *i, struct held *held, struct blob *b, struct error *err)
{
	struct lent *l = calloc(1, sizeof *l);

	if (!l)
		return error_set(err, ERROR_INTERNAL, "out of memory for a layer");
	*l = (struct lent){ .held = held, .store = i->store };
	/* its digest was not seen to fit yet, but results are kept only under one that did */
	held->memo = (struct blob_memo){ held->layer.diff_id ? held->layer.diff_id : held->layer.digest, layer_save, layer_load, lent_same, &held->layer };
	*b = (struct blob){ .origin = &held->origin, .open = lent_open, .close = lent_close, .state = l,
		.memo = held->memo.id && !held->layer.other ? &held->memo : NULL };
	return 1;
}

/* what no manifest names lies in the image all the same */
static int
hand_stray(struct imaging *i, struct blob *b, struct error *err)
{
	struct parts *p = i->store->parts;

	while (p && i->part < p->count) {
		struct parts_entry *e = &p->entry[i->part++];
		struct held *held;

		if (e->used || e->link)
			continue;
		held = images_hold(&i->images, e->name);
		if (!held)
			return error_set(err, ERROR_LIMIT, "it has more parts than are read");
		held->layer.other = true;
		held->layer.content_name = held->name;
		return hand_layer(i, held, b, err);
	}
	return 0;
}

static void
load(struct imaging *i)
{
	i->loaded = true;
	images_load(&i->images, i->store, i->first.name ? &i->first : NULL);
	if (!i->images.found && i->images.problems == 0)
		images_complain(&i->images, NULL, false, "no manifest says which images it holds");
	if (i->broken.code)
		images_complain(&i->images, NULL, false, i->broken.text);
}

static int
next(struct feed *feed, struct blob *b, struct error *err)
{
	struct imaging *i = feed->state;
	int got;

	if (i->stream.read) {
		i->stream_origin = i->images.root;
		if (stream_blob(b, &i->stream, &i->images, &i->stream_origin, err) < 0)
			return -1;
		i->stream.read = NULL;
		return 1;
	}
	if (!i->store)
		return 0;
	if (!i->loaded)
		load(i);
	got = texts_next(&i->texts, &i->images, b);
	if (got)
		return got;
	while (i->layer < i->images.helds)
		if (i->images.held[i->layer++]->wanted)
			return hand_layer(i, i->images.held[i->layer - 1], b, err);
	return hand_stray(i, b, err);
}

static int
settle(struct feed *feed, struct finding *f, struct arena *arena, struct error *err)
{
	struct imaging *i = feed->state;

	return fate_settle(&i->images, f, arena, err);
}

static void
imaging_close(struct feed *feed)
{
	struct imaging *i = feed->state;

	if (i->store)
		i->store->close(i->store);
	if (i->stream.read && i->stream.close)
		i->stream.close(&i->stream);
	images_done(&i->images);
	free(i->target);
	free(i);
}

static struct imaging *
imaging_new(const char *target, struct source_options *options, struct error *err)
{
	struct imaging *i = calloc(1, sizeof *i);

	if (i)
		i->target = strdup(target);
	if (!i || !i->target) {
		free(i);
		error_set(err, ERROR_INTERNAL, "out of memory opening %s", target);
		return NULL;
	}
	inflate_prepare();
	i->feed = (struct feed){ .next = next, .close = imaging_close, .settle = settle, .state = i };
	i->root = -1;
	images_init(&i->images, i->target, options->platform, options->limits);
	i->images.built = options->built;
	_Static_assert(SOURCE_NAMES_KEY == NAMES_KEY, "one key");
	if (options->names_key)
		memcpy(i->images.key, options->names_key, NAMES_KEY);
	return i;
}

struct feed *
image_open_store(struct store *store, const struct part *first, int root, const char *target, struct source_options *options,
    struct error *err)
{
	struct imaging *i = imaging_new(target, options, err);

	if (!i) {
		store->close(store);
		return NULL;
	}
	i->store = store;
	i->root = root;
	if (first)
		i->first = *first;
	return &i->feed;
}

struct feed *
image_open_stream(const struct blob *blob, const char *target, struct source_options *options, struct error *err)
{
	struct imaging *i = imaging_new(target, options, err);

	if (!i)
		return NULL;
	i->stream = *blob;
	return &i->feed;
}

/* the first member's name decides, where its compression lets it be seen */
bool
image_begins(struct bytes head)
{
	static const struct origin none = { .step = ORIGIN_FILE, .name = "" };
	struct memory_blob memory, unpacked;
	struct inflate *inflate;
	struct tarhead t;
	struct error err;
	struct bytes block;
	bool begins = false;

	memory_blob_init(&memory, &none, head);
	inflate = inflate_new(&memory.blob, NULL, NULL, &limits_default, &err);
	if (!inflate)
		return false;
	if (inflate_read(inflate, &block, &err) > 0 && tarhead_is(block)) {
		memory_blob_init(&unpacked, &none, block);
		unpacked.blob.seek = NULL;
		tarhead_init(&t, &unpacked.blob);
		for (int i = 0; i < 8 && !begins && tarhead_next(&t, &err) > 0; i++)
			begins = tarhead_speaks((const char *)t.name.at) == 2;
		tarhead_done(&t);
	}
	inflate_free(inflate);
	return begins;
}

struct feed *
image_open_fd(int fd, const char *target, struct source_options *options, struct error *err)
{
	struct error broken;
	struct store *store;
	struct imaging *i;

	err->code = 0;
	if (!archive_speaks(fd)) {
		close(fd);
		return NULL;
	}
	store = archive_open(fd, &broken, err);
	if (!store)
		return NULL;
	i = imaging_new(target, options, err);
	if (!i) {
		store->close(store);
		return NULL;
	}
	i->store = store;
	i->broken = broken;
	return &i->feed;
}

static struct feed *
open_folder(int fd, const char *target, struct source_options *options, struct error *err)
{
	struct store *store;
	int root;

	if (!layout_is(target)) {
		close(fd);
		error_set(err, EINVAL, "open %s: it is no folder that holds an image (oci-layout, index.json)", target);
		return NULL;
	}
	store = layout_open(fd, &root, err);
	return store ? image_open_store(store, NULL, root, target, options, err) : NULL;
}

static struct feed *
open_compressed(int fd, const char *target, struct source_options *options, struct error *err)
{
	struct blob blob;

	if (file_blob_fd(&blob, fd, target, err) < 0)
		return NULL;
	return image_open_stream(&blob, target, options, err);
}

static struct feed *
image_open(const char *target, struct source_options *options, struct error *err)
{
	const int fd = open(target, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;
	struct feed *feed;

	if (fd < 0 || fstat(fd, &st) < 0) {
		error_set(err, errno, "open %s:", target);
		return NULL;
	}
	if (S_ISDIR(st.st_mode))
		return open_folder(fd, target, options, err);
	feed = S_ISREG(st.st_mode) ? image_open_fd(fcntl(fd, F_DUPFD_CLOEXEC, 0), target, options, err) : NULL;
	if (feed || (S_ISREG(st.st_mode) && err->code)) {
		close(fd);
		return feed;
	}
	return open_compressed(fd, target, options, err);
}

/* asked of each target: a look at its first bytes */
static int
image_bid(const char *target)
{
	int fd __attribute__((cleanup(io_close))) = open(target, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	uint8_t head[4096];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		return layout_is(target) ? 50 : 0;
	if (!S_ISREG(st.st_mode))
		return 0;
	n = pread(fd, head, sizeof head, 0);
	if (n < 18)
		return 0;
	if (archive_speaks(fd))
		return 50;
	return head[0] == 0x1f || head[0] == 0x28 || head[0] == 0xfd ? 50 * image_begins((struct bytes){ head, (size_t)n }) : 0;
}

static size_t
image_roots(const struct feed *feed, int *fds, size_t max)
{
	const struct imaging *i = feed->state;

	if (i->root < 0 || max == 0)
		return 0;
	fds[0] = i->root;
	return 1;
}

const struct source source_image = {
	.name = "image",
	.about = "IMAGE.tar, FOLDER or image:PATH : a container image: docker save, OCI layout",
	.prefix = "image:",
	.bid = image_bid,
	.open = image_open,
	.roots = image_roots,
};
