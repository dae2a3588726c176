#include "commands/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <stanch/error.h>
#include <stanch/scan.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/mark.h"
#include "blob/memory.h"
#include "blob/origin.h"
#include "commands/settings.h"
#include "decode/decode.h"
#include "match/match.h"
#include "match/window.h"
#include "scan/job.h"
#include "scan/worker.h"

/* how long the runs are that try a pattern's patience */
#define RUN ((size_t)8192)

/* The engine, and what it says of the sample at hand. */
struct bench {
	struct worker *worker;
	struct worker_shared shared;
	struct scan_options options;
	struct scan_calls calls;
	uint8_t key[MARK_KEY_BYTES];
	const struct rule *rule;        /* whose hits are waited for */
	bool kept;
	const char *verdict;            /* of its last hit that was dropped */
	struct check_counts *counts;
};

static void
on_trace(void *arg, const struct trace *t)
{
	struct bench *b = arg;

	if (t->rule != b->rule)
		return;
	if (strncmp(t->verdict, "kept", 4) == 0)
		b->kept = true;
	else
		b->verdict = t->verdict;
}

/* a sample without the marker that breaks it up in its file */
static void
add_clean(struct buf *out, const char *sample)
{
	for (; *sample; sample++)
		if (*sample != '~')
			buf_addc(out, *sample);
}

/* a name that the first of a rule's globs matches */
static void
file_for(const struct rule *rule, char *name, size_t size)
{
	const char *glob = rule->paths && rule->paths[0] ? rule->paths[0] : "text.txt";
	size_t n = 0;

	for (; *glob && n + 1 < size; glob++)
		if (*glob != '*' || (glob > rule->paths[0] && glob[-1] == '*'))
			name[n++] = *glob == '?' || *glob == '[' || *glob == ']' ? 'x' : *glob;
		else
			name[n++] = 'x';
	name[n] = 0;
}

/* whether the sample could be read to its end; what was found is in b */
static bool
look(struct bench *b, const struct buf *text)
{
	char file[128];
	struct job *job = job_new(JOB_BLOBS_KIND);
	struct memory_blob blob;
	struct origin origin;
	bool complete = true;

	if (!job)
		return false;
	file_for(b->rule, file, sizeof file);
	origin = origin_step(NULL, ORIGIN_FILE, file, 0);
	memory_blob_init(&blob, &origin, (struct bytes){ text->at, text->len });
	b->kept = false;
	b->verdict = "no match";
	job->blob[job->count++] = blob.blob;
	worker_run(b->worker, job);
	for (const struct item *i = job->first; i; i = i->next)
		complete &= i->kind != ITEM_UNREAD;
	job_free(job);
	return complete;
}

static void
count(struct bench *b, bool ok, const char *kind, size_t n, const char *form)
{
	b->counts->passed += ok;
	b->counts->failed += !ok;
	if (!ok)
		printf("%s:%u: rule %s: %s %zu, %s: %s\n", b->rule->file, b->rule->line, b->rule->id, kind, n, form,
		    strcmp(kind, "counterexample") == 0 ? "is found" : b->verdict);
}

static void
form_plain(struct buf *out, const char *sample)
{
	add_clean(out, sample);
}

static void
form_json(struct buf *out, const char *sample)
{
	buf_adds(out, "{\"text\":\"");
	for (; *sample; sample++) {
		if (*sample == '"' || *sample == '\\')
			buf_addc(out, '\\');
		if (*sample == '\n')
			buf_adds(out, "\\n");
		else if (*sample != '~' && *sample != '\r')
			buf_addc(out, *sample);
	}
	buf_adds(out, "\"}\n");
}

static void
form_utf16(struct buf *out, const char *sample)
{
	buf_add(out, "\xff\xfe", 2);
	for (; *sample; sample++)
		if (*sample != '~') {
			buf_addc(out, *sample);
			buf_addc(out, 0);
		}
}

static void
form_base64(struct buf *out, const char *sample)
{
	struct buf clean;
	uint8_t *room;

	buf_init(&clean);
	add_clean(&clean, sample);
	buf_adds(out, "data: ");
	room = buf_room(out, clean.len * 2 + 8);
	if (room) {
		sodium_bin2base64((char *)room, clean.len * 2 + 8, clean.at, clean.len, sodium_base64_VARIANT_ORIGINAL);
		out->len += strlen((char *)room);
	}
	buf_adds(out, "\n");
	buf_done(&clean);
}

/* the end of the first window falls into the sample */
static void
form_border(struct buf *out, const char *sample)
{
	const size_t border = WINDOW_SIZE - WINDOW_AHEAD - strlen(sample) / 2;
	uint8_t *room = buf_room(out, border);

	if (room) {
		memset(room, '.', border);
		for (size_t i = 63; i < border; i += 64)
			room[i] = '\n';
		room[border - 1] = '\n';
		out->len += border;
	}
	add_clean(out, sample);
	buf_addc(out, '\n');
}

static const struct {
	const char *name;
	void (*make)(struct buf *, const char *);
	bool token_only;                /* encoded forms are only known of anchors with a shape */
	bool ascii_only;
} forms[] = {
	{ "plain", form_plain, false, false },
	{ "inside a JSON string", form_json, true, true },
	{ "in UTF-16", form_utf16, false, true },
	{ "in base64", form_base64, true, false },
	{ "across a border of windows", form_border, false, false },
};

/* base64 shows only anchors that are long enough to be told from chance */
static bool
form_fits(const struct rule *rule, size_t form, const char *sample)
{
	for (const char *c = sample; forms[form].ascii_only && *c; c++)
		if ((unsigned char)*c >= 0x80)
			return false;
	/* with its quotes and lines escaped it would be another sample */
	if (forms[form].make == form_json && strpbrk(sample, "\"\n\\"))
		return false;
	if (!forms[form].token_only)
		return true;
	if (rule->kind != RULE_TOKEN || rule->paths)
		return false;
	for (const char *const *a = rule->anchors; *a; a++)
		if (strlen(*a) < 6 || rule->nocase)
			return false;
	return true;
}

static void
check_examples(struct bench *b)
{
	struct buf text;

	buf_init(&text);
	for (size_t n = 0; b->rule->examples && b->rule->examples[n]; n++)
		for (size_t form = 0; form < sizeof forms / sizeof forms[0]; form++) {
			if (!form_fits(b->rule, form, b->rule->examples[n]))
				continue;
			text.len = 0;
			forms[form].make(&text, b->rule->examples[n]);
			look(b, &text);
			count(b, b->kept, "example", n + 1, forms[form].name);
		}
	for (size_t n = 0; b->rule->counterexamples && b->rule->counterexamples[n]; n++) {
		text.len = 0;
		add_clean(&text, b->rule->counterexamples[n]);
		look(b, &text);
		count(b, !b->kept, "counterexample", n + 1, "plain");
	}
	buf_done(&text);
}

static const char *const fill[] = { " ", "\"", "=", "A", "a", "1", "_", "a0Z9", "-----", "a.", "\\n", "a:b@" };

/* an anchor followed by a long run of what patterns repeat, some times */
static void
make_run(struct buf *text, const char *anchor, const char *with)
{
	text->len = 0;
	for (int times = 0; times < 4; times++) {
		buf_adds(text, " ");
		buf_adds(text, anchor);
		for (size_t n = 0; n < RUN; n += strlen(with))
			buf_adds(text, with);
	}
}

/* a pattern that is more than linear meets its limit here */
static void
check_patience(struct bench *b)
{
	struct buf text;
	bool ok;

	if (!b->rule->anchors)
		return;
	buf_init(&text);
	for (size_t f = 0; f < sizeof fill / sizeof fill[0]; f++) {
		make_run(&text, b->rule->anchors[0], fill[f]);
		ok = look(b, &text);
		b->verdict = "takes too long";
		count(b, ok, "run", f + 1, "plain");
	}
	buf_done(&text);
}

static int
bench_open(struct bench *b, const struct armory *a, struct error *err)
{
	b->options = (struct scan_options){ .rules = a->rules, .literals = a->literals, .limits = &limits_default };
	b->calls = (struct scan_calls){ .trace = on_trace, .arg = b };
	mark_key_random(b->key);
	b->shared = (struct worker_shared){ &b->options, &b->calls, matcher_new(a->rules, a->literals, err), b->key };
	if (!b->shared.matcher || !(b->worker = worker_new(&b->shared, NULL, err)))
		return -1;
	return 0;
}

int
check_rules(const struct armory *a, struct check_counts *counts, struct error *err)
{
	struct bench b = { .counts = counts };
	int r = sodium_init() < 0 ? error_set(err, ERROR_INTERNAL, "libsodium can't be used") : bench_open(&b, a, err);

	for (size_t i = 0; r == 0 && i < a->rules->count; i++) {
		b.rule = a->rules->rule[i];
		check_examples(&b);
		check_patience(&b);
	}
	worker_free(b.worker);
	matcher_free(b.shared.matcher);
	return r;
}

int
check_user(const struct armory *a, struct error *err)
{
	struct bench b = { 0 };
	struct buf text;
	int r = sodium_init() < 0 ? error_set(err, ERROR_INTERNAL, "libsodium can't be used") : bench_open(&b, a, err);

	buf_init(&text);
	for (size_t i = 0; r == 0 && i < a->user.count; i++) {
		b.rule = a->user.rule[i];
		for (size_t f = 0; r == 0 && b.rule->pattern && b.rule->anchors && f < sizeof fill / sizeof fill[0]; f++) {
			make_run(&text, b.rule->anchors[0], fill[f]);
			if (!look(&b, &text))
				r = error_set(err, ERROR_SYNTAX, "%s:%u: rule %s: its pattern takes more time than its text is long; bound its repeats",
				    b.rule->file, b.rule->line, b.rule->id);
		}
	}
	buf_done(&text);
	worker_free(b.worker);
	matcher_free(b.shared.matcher);
	return r;
}
