#include "scan/memo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch/error.h>
#include <stanch/finding.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "base/mark.h"
#include "blob/origin.h"
#include "rules/rules.h"
#include "rules/rule.h"
#include "scan/gather.h"
#include "scan/job.h"

#define MEMORY_MOST ((size_t)64 << 20)  /* kept for this run: a layer of 100,000 files takes a megabyte */
#define FILE_MOST ((size_t)256 << 20)
#define ID 32                           /* bytes of the hash that stands for a blob and the terms */
#define MAC 32
#define STEPS_MOST 1000
#define ATTRIBUTES_MOST 64

struct memo {
	uint8_t id[ID];
	struct buf text;
};

struct memos {
	struct memo_terms terms;
	uint8_t key[crypto_generichash_KEYBYTES];
	struct memo *memo;
	size_t count, cap, memory;
	struct memo_counts counts;
};

/* the fields of a finding that are kept as they are */
static const size_t numbers[] = {
	offsetof(struct finding, offset), offsetof(struct finding, line), offsetof(struct finding, end_line), offsetof(struct finding, column),
	offsetof(struct finding, end_column), offsetof(struct finding, column16), offsetof(struct finding, end_column16),
	offsetof(struct finding, length), offsetof(struct finding, excerpt_at), offsetof(struct finding, excerpt_len),
	offsetof(struct finding, entropy),
};
static const size_t texts[] = {
	offsetof(struct finding, key), offsetof(struct finding, path), offsetof(struct finding, pointer), offsetof(struct finding, object_kind),
	offsetof(struct finding, object_namespace), offsetof(struct finding, object_name), offsetof(struct finding, excerpt),
	offsetof(struct finding, why), offsetof(struct finding, secret),
};
_Static_assert(sizeof(size_t) == 8 && sizeof(double) == 8, "numbers take eight bytes");

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

struct memos *
memos_new(const struct memo_terms *terms)
{
	static const char what[] = "stanch: results of layers";
	struct memos *m = calloc(1, sizeof *m);

	if (!m)
		return NULL;
	m->terms = *terms;
	crypto_generichash(m->key, sizeof m->key, (const uint8_t *)what, sizeof what, terms->mark_key, MARK_KEY_SIZE);
	return m;
}

void
memos_free(struct memos *m)
{
	for (size_t i = 0; m && i < m->count; i++)
		buf_done(&m->memo[i].text);
	if (m) {
		free(m->memo);
		sodium_memzero(m, sizeof *m);
	}
	free(m);
}

struct memo_counts
memos_counts(const struct memos *m)
{
	return m ? m->counts : (struct memo_counts){ 0 };
}

/* what it is a result of */
static void
id_of(const struct memos *m, const struct blob_memo *memo, uint8_t id[static ID])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, m->key, sizeof m->key, ID);
	crypto_generichash_update(&state, (const uint8_t *)m->terms.id, strlen(m->terms.id) + 1);
	crypto_generichash_update(&state, (const uint8_t *)memo->id, strlen(memo->id) + 1);
	crypto_generichash_final(&state, id, ID);
}

static void
put_number(struct buf *out, uint64_t n)
{
	buf_add(out, &n, sizeof n);
}

/* NULL is none, which "" is not */
static void
put_text(struct buf *out, const char *s)
{
	put_number(out, s ? strlen(s) + 1 : 0);
	if (s)
		buf_adds(out, s);
}

/* the steps of a way below the blob's own */
static void
put_steps(struct buf *out, const struct origin *o, unsigned depth)
{
	const struct attribute *a = o->attributes;
	uint64_t n = 0;

	if (o->depth <= depth)
		return;
	put_steps(out, o->parent, depth);
	put_number(out, o->step);
	put_text(out, o->name);
	put_number(out, o->offset);
	while (a && a[n].name)
		n++;
	put_number(out, n);
	for (; n; n--, a++) {
		put_text(out, a->name);
		put_text(out, a->value);
	}
}

static void
put_finding(struct buf *out, const struct finding *f, unsigned depth)
{
	put_text(out, f->rule->id);
	put_number(out, f->confidence);
	put_number(out, f->evidence);
	for (size_t i = 0; i < LENGTH(numbers); i++)
		buf_add(out, (const char *)f + numbers[i], 8);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		const char *s;

		memcpy(&s, (const char *)f + texts[i], sizeof s);
		put_text(out, s);
	}
	buf_add(out, f->mark, sizeof f->mark);
	buf_add(out, f->preview, sizeof f->preview);
	buf_add(out, &f->life, sizeof f->life);
	put_number(out, f->origin->depth - depth);
	put_steps(out, f->origin, depth);
}

/* false: something of it was not read, or there is nothing to keep it by */
static bool
put_result(struct buf *out, const struct memo_result *r)
{
	struct buf own;
	bool whole;

	buf_init(&own);
	whole = !r->gather->full && r->memo->save(r->memo->state, &own) && !own.failed;
	put_number(out, own.len);
	buf_add(out, own.at, own.len);
	buf_done(&own);
	put_number(out, r->files);
	put_number(out, r->bytes);
	put_number(out, r->allowed);
	put_number(out, r->gather->count - r->from);
	for (size_t i = r->from; whole && i < r->gather->count; i++) {
		const struct finding *f = gather_at(r->gather, i);

		whole = f;
		if (f)
			put_finding(out, f, r->depth);
	}
	return whole && !out->failed;
}

static void
put_mac(const struct memos *m, struct buf *out)
{
	uint8_t mac[MAC];

	crypto_generichash(mac, sizeof mac, out->at, out->len, m->key, sizeof m->key);
	buf_add(out, mac, sizeof mac);
}

static void
name_of(const uint8_t id[static ID], char name[static 2 * ID + 1])
{
	sodium_bin2hex(name, 2 * ID + 1, id, ID);
}

/* another run may write the same at the same time: each writes a file of its own, and the last one stays */
static void
write_file(struct memos *m, const uint8_t id[static ID], const struct buf *text)
{
	char name[2 * ID + 1], own[2 * ID + 24];
	bool ok;
	int fd;

	name_of(id, name);
	snprintf(own, sizeof own, "%s.%ld", name, (long)getpid());
	unlinkat(m->terms.folder, own, 0);
	fd = openat(m->terms.folder, own, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ok = fd >= 0 && io_write_full(fd, text->at, text->len) == 0;
	if (fd >= 0)
		close(fd);
	if (ok && renameat(m->terms.folder, own, m->terms.folder, name) == 0)
		return;
	if (!m->counts.failed)
		m->counts.failed = errno;
	unlinkat(m->terms.folder, own, 0);
}

/* takes text over */
static void
remember(struct memos *m, const uint8_t id[static ID], struct buf *text)
{
	if (m->count == m->cap) {
		const size_t cap = m->cap ? m->cap * 2 : 16;
		struct memo *more = realloc(m->memo, cap * sizeof *more);

		if (!more)
			return;
		m->memo = more;
		m->cap = cap;
	}
	m->memory += text->len;
	memcpy(m->memo[m->count].id, id, ID);
	m->memo[m->count++].text = *text;
	buf_init(text);
}

void
memos_keep(struct memos *m, const struct memo_result *r)
{
	struct buf text;
	uint8_t id[ID];

	buf_init(&text);
	id_of(m, r->memo, id);
	buf_add(&text, id, sizeof id);
	if (put_result(&text, r)) {
		put_mac(m, &text);
		if (m->terms.folder >= 0 && !text.failed)
			write_file(m, id, &text);
		if (m->terms.in_memory && !text.failed && m->memory + text.len <= MEMORY_MOST)
			remember(m, id, &text);
	}
	buf_done(&text);
}

/* What is left to take of a result. */
struct take {
	struct bytes rest;
	struct arena *arena;
	bool bad;
};

static struct bytes
take_bytes(struct take *t, uint64_t n)
{
	const struct bytes got = { t->rest.at, n };

	t->bad |= n > t->rest.len;
	if (t->bad)
		return (struct bytes){ 0 };
	t->rest = bytes_cut(t->rest, n, t->rest.len);
	return got;
}

static void
take_into(struct take *t, void *to, size_t n)
{
	const struct bytes got = take_bytes(t, n);

	if (got.len)
		memcpy(to, got.at, n);
}

static uint64_t
take_number(struct take *t)
{
	uint64_t n = 0;

	take_into(t, &n, sizeof n);
	return n;
}

static const char *
take_text(struct take *t)
{
	const uint64_t n = take_number(t);
	const char *s;

	if (n == 0 || t->bad)
		return NULL;
	s = arena_string(t->arena, take_bytes(t, n - 1));
	t->bad |= !s;
	return s;
}

static const struct attribute *
take_attributes(struct take *t)
{
	const uint64_t n = take_number(t);
	struct attribute *a;

	t->bad |= n > ATTRIBUTES_MOST;
	if (n == 0 || t->bad)
		return NULL;
	a = arena_new(t->arena, (n + 1) * sizeof *a);
	t->bad |= !a;
	for (uint64_t i = 0; i < n && !t->bad; i++) {
		a[i].name = take_text(t);
		a[i].value = take_text(t);
		t->bad |= !a[i].name || !a[i].value;
	}
	return a;
}

static const struct origin *
take_way(struct take *t, const struct origin *base)
{
	uint64_t n = take_number(t);

	for (t->bad |= n > STEPS_MOST; n && !t->bad; n--) {
		struct origin *o = arena_new(t->arena, sizeof *o);
		const enum origin_step step = (enum origin_step)take_number(t);
		const char *name = take_text(t);
		const uint64_t offset = take_number(t);

		t->bad |= !o || !name;
		if (t->bad)
			return NULL;
		*o = origin_step(base, step, name, offset);
		o->attributes = take_attributes(t);
		base = o;
	}
	return base;
}

static void
take_finding(struct take *t, struct finding *f, const struct rules *rules, const struct origin *base)
{
	const char *rule = take_text(t);

	f->rule = rule ? rules_find(rules, rule) : NULL;
	t->bad |= !f->rule;
	f->confidence = (enum confidence)take_number(t);
	f->evidence = (unsigned)take_number(t);
	for (size_t i = 0; i < LENGTH(numbers); i++)
		take_into(t, (char *)f + numbers[i], 8);
	for (size_t i = 0; i < LENGTH(texts); i++) {
		const char *s = take_text(t);

		memcpy((char *)f + texts[i], &s, sizeof s);
	}
	take_into(t, f->mark, sizeof f->mark);
	take_into(t, f->preview, sizeof f->preview);
	take_into(t, &f->life, sizeof f->life);
	f->origin = take_way(t, base);
}

static bool
take_result(const struct memos *m, struct bytes text, const struct blob *blob, struct job *job)
{
	struct take t = { .rest = text, .arena = &job->arena };
	const struct bytes own = take_bytes(&t, take_number(&t));
	uint64_t n;

	job->files = take_number(&t);
	job->bytes = take_number(&t);
	job->allowed = take_number(&t);
	for (n = take_number(&t); n && !t.bad; n--) {
		struct found *found = arena_new(&job->arena, sizeof *found);

		t.bad |= !found;
		if (found)
			take_finding(&t, &found->finding, m->terms.rules, blob->origin);
		if (!t.bad) {
			found->from = found->finding.offset;
			found->to = found->from + found->finding.length;
			t.bad = !job_found(job, found);
		}
	}
	return !t.bad && t.rest.len == 0 && blob->memo->load(blob->memo->state, own);
}

/* cuts off what it is and by whom, where both are right */
static bool
is_own(const struct memos *m, const uint8_t id[static ID], struct bytes *text)
{
	uint8_t mac[MAC];

	if (text->len < ID + MAC || memcmp(text->at, id, ID) != 0)
		return false;
	crypto_generichash(mac, sizeof mac, text->at, text->len - MAC, m->key, sizeof m->key);
	if (sodium_memcmp(mac, text->at + text->len - MAC, MAC) != 0)
		return false;
	*text = bytes_cut(*text, ID, text->len - MAC);
	return true;
}

static bool
read_file(const struct memos *m, const uint8_t id[static ID], struct buf *text)
{
	char name[2 * ID + 1];
	struct error err;
	int fd, r;

	name_of(id, name);
	fd = openat(m->terms.folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	r = io_read_fd(fd, name, FILE_MOST, text, &err);
	close(fd);
	return r == 0;
}

/* what is kept of it, if anything; file holds it where it was read from one */
static bool
find(const struct memos *m, const uint8_t id[static ID], struct buf *file, struct bytes *text)
{
	for (size_t i = 0; i < m->count; i++)
		if (memcmp(m->memo[i].id, id, ID) == 0) {
			*text = (struct bytes){ m->memo[i].text.at, m->memo[i].text.len };
			return true;
		}
	if (m->terms.folder < 0 || !read_file(m, id, file))
		return false;
	*text = (struct bytes){ file->at, file->len };
	return true;
}

struct job *
memos_job(struct memos *m, struct blob *blob)
{
	struct job *job = NULL;
	struct bytes text;
	struct buf file;
	uint8_t id[ID];

	buf_init(&file);
	id_of(m, blob->memo, id);
	/* who keeps a cache believes a digest, as the manual says; else the bytes must have it */
	if (find(m, id, &file, &text) && (m->terms.folder >= 0 || blob->memo->same(blob))) {
		job = is_own(m, id, &text) ? job_new(JOB_BLOBS_KIND) : NULL;
		if (job && !take_result(m, text, blob, job)) {
			job_free(job);
			job = NULL;
		}
		m->counts.known += job != NULL;
		m->counts.refused += job == NULL;
	}
	buf_done(&file);
	if (job)
		job->done = true;
	return job;
}
