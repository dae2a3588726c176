#include "commands/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch.h>
#include <stanch/error.h>

#include "audit/items.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "base/mark.h"
#include "blob/origin.h"
#include "commands/check.h"
#include "commands/commands.h"
#include "commands/identifiers.h"
#include "commands/known_load.h"
#include "commands/progress.h"
#include "image/built.h"
#include "report/quote.h"
#include "report/report.h"
#include "rules/rule.h"
#include "rules/rules.h"
#include "source/source.h"
#include "triage/baseline.h"
#include "triage/ignored.h"

#define REPORTS_MAX 16
/* comments that allowed nothing */
#define IDLES_TOLD 100

struct run {
	const struct settings *settings;
	const struct run_calls *calls;
	struct armory armory;
	struct known *known;            /* or NULL */
	struct report report[REPORTS_MAX];
	size_t reports;
	struct baseline *baseline, *own_baseline;
	struct ignored *ignored;
	struct built built;
	struct progress progress;
	struct summary summary;
	struct identifiers identifiers;
	bool fail;                      /* a finding at or above --fail-on */
	struct buf file;
	struct buf idle;                /* lines that tell of comments that allowed nothing */
	size_t idles;
};

static const char *
file_of(struct run *r, const struct origin *o)
{
	r->file.len = 0;
	origin_file(o, &r->file);
	return buf_str(&r->file);
}

/* the count of what suppresses it at that place, or NULL */
static uint64_t *
suppressed(struct run *r, const struct finding *f, const struct origin *origin)
{
	const char *file = file_of(r, origin);

	if (r->calls->finding)
		r->calls->finding(r->calls->arg, f, file);
	if (r->ignored && ignored_has(r->ignored, f, file))
		return &r->summary.ignored;
	if (r->baseline && baseline_has(r->baseline, f, file))
		return &r->summary.baseline;
	return NULL;
}

static void
move_to(struct finding *f, const struct finding_place *p)
{
	f->origin = p->origin;
	f->offset = p->offset;
	f->line = p->line;
	f->end_line = p->end_line;
	f->column = p->column;
	f->end_column = p->end_column;
	f->column16 = p->column16;
	f->end_column16 = p->end_column16;
}

/* takes the suppressed places out of it; NULL when some is left */
static uint64_t *
suppress(struct run *r, struct finding *f, struct finding_place *left)
{
	uint64_t *const first = suppressed(r, f, f->origin);
	size_t n = 0;

	for (size_t i = 0; i < f->place_count; i++)
		if (!suppressed(r, f, f->places[i].origin))
			left[n++] = f->places[i];
	if (first && n == 0)
		return first;
	if (first)
		move_to(f, left++);
	f->places = left;
	f->place_count = first ? n - 1 : n;
	return NULL;
}

static void
on_finding(void *arg, const struct finding *found)
{
	struct run *r = arg;
	struct finding f = *found;
	struct finding_place *left = f.place_count ? calloc(f.place_count, sizeof *left) : NULL;
	uint64_t *count = NULL;

	if (left || !f.place_count)     /* better told with what is suppressed than not at all */
		count = suppress(r, &f, left);
	if (!count && identifiers_pass(&r->identifiers, &f, file_of(r, f.origin)))
		count = &r->summary.identifiers;
	if (count) {
		++*count;
	} else {
		r->summary.findings++;
		r->fail |= f.rule->severity >= r->settings->fail_on;
		progress_clear(&r->progress);
		for (size_t i = 0; i < r->reports; i++)
			report_finding(&r->report[i], &f);
	}
	free(left);
}

static void
on_unread(void *arg, const struct unread *u)
{
	struct run *r = arg;

	r->summary.unread++;
	progress_clear(&r->progress);
	for (size_t i = 0; i < r->reports; i++)
		report_unread(&r->report[i], u);
}

/* names and paths are others' text */
static void
on_safe(void *arg, const struct safe *s)
{
	struct run *r = arg;
	struct buf line;

	buf_init(&line);
	quote_visible(&line, bytes_of(file_of(r, s->origin)));
	if (s->line)
		buf_addf(&line, ":%llu", (unsigned long long)s->line);
	if (s->path) {
		buf_adds(&line, ": ");
		quote_visible(&line, bytes_of(s->path));
	}
	progress_clear(&r->progress);
	fprintf(stderr, "stanch: safe: %s: %s\n", buf_str(&line), s->why);
	buf_done(&line);
}

/* the checklist has ids of its own: what one of them allows is for stanch audit to say */
static bool
is_audits(const char *id)
{
	for (int i = 0; i < ITEMS; i++)
		if (strcmp(items_rule((enum item)i)->id, id) == 0)
			return true;
	return false;
}

static void
on_idle(void *arg, const struct idle_comment *i)
{
	struct run *r = arg;

	if ((i->rule && is_audits(i->rule)) || r->idles++ >= IDLES_TOLD)
		return;
	buf_adds(&r->idle, "stanch: ");
	quote_visible(&r->idle, bytes_of(file_of(r, i->origin)));
	buf_addf(&r->idle, ":%llu: stanch:allow ", (unsigned long long)i->line);
	if (i->rule && !rules_find(r->armory.rules, i->rule))
		buf_addf(&r->idle, "%s names no rule\n", i->rule);
	else
		buf_addf(&r->idle, "%s%sallowed nothing\n", i->rule ? i->rule : "", i->rule ? " " : "");
}

static void
on_trace(void *arg, const struct trace *t)
{
	struct run *r = arg;

	r->calls->trace(r->calls->arg, t);
}

static void
on_progress(void *arg, const struct scan_progress *p)
{
	struct run *r = arg;

	progress_show(&r->progress, p);
}

static unsigned
terminal_width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* "sarif=FILE", or "sarif" for standard output */
static int
open_report(struct run *r, const char *format, struct error *err)
{
	const char *file = strchr(format, '=');
	char *name = strndup(format, file ? (size_t)(file - format) : strlen(format));
	const struct reporter *kind = name ? report_find(name) : NULL;
	struct report *report = &r->report[r->reports];
	int fd = STDOUT_FILENO;

	if (!name)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	free(name);
	if (!kind || (file && file[1] == 0))
		return error_set(err, ERROR_USAGE, "--format %s: is not known; see --help", format);
	if (r->reports == REPORTS_MAX)
		return error_set(err, ERROR_USAGE, "--format: at most %d reports at once", REPORTS_MAX);
	if (file && strcmp(file, "=-") != 0 && (fd = io_create_private(file + 1, err)) < 0)
		return -1;
	report_open(report, kind, fd, r->armory.rules);
	report->color = isatty(fd) && !getenv("NO_COLOR");
	report->width = terminal_width(fd);
	r->reports++;
	return 0;
}

static int
open_reports(struct run *r, struct error *err)
{
	const struct string_list *formats = &r->settings->formats;

	if (r->calls->quiet)
		return 0;
	if (formats->count == 0)
		return open_report(r, "text", err);
	for (size_t i = 0; i < formats->count; i++)
		if (open_report(r, formats->at[i], err) < 0)
			return -1;
	return 0;
}

static int
open_suppressions(struct run *r, struct error *err)
{
	const char *ignore = r->settings->ignore;

	r->baseline = r->calls->baseline;
	if (!r->baseline && r->settings->baseline) {
		r->baseline = r->own_baseline = baseline_read(r->settings->baseline, err);
		if (!r->baseline)
			return -1;
	}
	if (!ignore && access(".stanchignore", F_OK) == 0)
		ignore = ".stanchignore";
	if (ignore && !(r->ignored = ignored_read(ignore, time(NULL), err)))
		return -1;
	return 0;
}

/* suppressions that suppressed nothing: so that they don't outlive their reason */
static void
tell_idle(struct run *r)
{
	const size_t unused = r->baseline && !r->calls->baseline ? baseline_unused(r->baseline) : 0;
	const char *what;
	bool expired;

	if (r->calls->quiet)
		return;
	if (unused)
		fprintf(stderr, "stanch: %zu of %zu lines of the baseline were not met; `stanch baseline prune` takes them out\n", unused,
		    baseline_count(r->baseline));
	for (size_t i = 0; r->ignored && (what = ignored_idle(r->ignored, i, &expired)); i++)
		fprintf(stderr, "stanch: .stanchignore: %s %s\n", what, expired ? "has expired" : "ignored nothing");
	fputs(buf_str(&r->idle), stderr);
	if (r->idles > IDLES_TOLD)
		fprintf(stderr, "stanch: %zu more comments allowed nothing\n", r->idles - IDLES_TOLD);
}

static int
close_reports(struct run *r, struct error *err)
{
	struct error first;
	int ret = 0;

	for (size_t i = 0; i < r->reports; i++) {
		if (report_close(&r->report[i], &r->summary, ret < 0 ? &first : err) < 0)
			ret = -1;
		if (r->report[i].fd != STDOUT_FILENO)
			close(r->report[i].fd);
	}
	return ret;
}

static double
seconds_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) + (double)(now.tv_nsec - from->tv_nsec) / 1e9;
}

#define RULES_ID_CHARS 32

/* by which a state's rules are known again: all that decides over findings */
static const char *
id_of_rules(const struct run *r, char id[static RULES_ID_CHARS + 1])
{
	struct bytes part = { 0 };
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "%s %d ", STANCH_VERSION, (int)r->settings->min_confidence);
	for (size_t i = 0; i < r->armory.rules->count; i++) {
		const struct rule *rule = r->armory.rules->rule[i];

		buf_addf(&text, "%s|%s|%s|%s|%g|%d\n", rule->id, rule->pattern ? rule->pattern : "", rule->before_pattern ? rule->before_pattern : "",
		    rule->checksum ? rule->checksum : "", rule->entropy, (int)rule->confidence);
		for (const char *const *a = rule->anchors; a && *a; a++)
			buf_addf(&text, "%s ", *a);
	}
	part = (struct bytes){ text.at, text.len };
	mark_id(id, RULES_ID_CHARS, &part, 1);
	buf_done(&text);
	return id;
}

/* what a cache can't hold or can't be held by */
static int
check_cache(const struct settings *s, bool have_key, struct error *err)
{
	if (!s->cache)
		return 0;
	if (!have_key)
		return error_set(err, ERROR_USAGE, "--cache needs a key, so that nobody else can change what it says: give --mark-key FILE, or make "
		    ".stanch.key with `stanch baseline write`");
	if (s->show_secrets || s->known.count)
		return error_set(err, ERROR_USAGE, "--cache can't be used with --%s: it must never hold a secret", s->show_secrets ? "show-secrets" : "known");
	return 0;
}

static void
tell_cache(const struct run *r, const struct scan_result *result)
{
	if (!r->settings->cache || r->calls->quiet)
		return;
	if (result->cached)
		fprintf(stderr, "stanch: %llu %s known from the cache and not read again\n", (unsigned long long)result->cached,
		    result->cached == 1 ? "layer was" : "layers were");
	if (result->refused)
		fprintf(stderr, "stanch: not used, since broken or not written with this key: %llu %s in the cache\n",
		    (unsigned long long)result->refused, result->refused == 1 ? "result" : "results");
	if (result->cache_failed)
		fprintf(stderr, "stanch: the cache %s can't be written: %s\n", r->settings->cache, strerror(result->cache_failed));
}

static int
scan(struct run *r, const char *const *targets, size_t count, struct error *err)
{
	const struct settings *s = r->settings;
	struct git_options git = s->git;
	char rules_id[RULES_ID_CHARS + 1];
	struct source_options source = {
		.include = s->include.at,
		.exclude = s->exclude.at,
		.gitignore = s->gitignore,
		.one_file_system = s->one_file_system,
		.git_folders = s->git_folders,
		.staged = r->calls->staged,
		.git = &git,
		.platform = s->platform,
		.built = s->dockerfile ? &r->built : NULL,
		.plain_http = s->plain_http,
		.jobs = s->jobs,
		.limits = &s->limits,
	};
	uint8_t key[MARK_KEY_BYTES];
	const int have_key = settings_mark_key(s, key, err);
	const struct scan_options options = {
		.rules = r->armory.rules,
		.literals = r->armory.literals,
		.limits = &s->limits,
		.jobs = r->calls->trace ? 1 : s->jobs,
		.min_confidence = s->min_confidence,
		.show_secrets = s->show_secrets,
		.sandbox = !s->no_sandbox,
		.mark_key = have_key > 0 ? key : NULL,
		.source = &source,
		.known = r->known,
		.cache = s->cache,
		.rules_id = git.state || s->cache ? id_of_rules(r, rules_id) : NULL,
	};
	git.rules_id = options.rules_id;
	const struct scan_calls calls = {
		.finding = on_finding,
		.unread = on_unread,
		.trace = r->calls->trace ? on_trace : NULL,
		.safe = s->verbose && !r->calls->quiet ? on_safe : NULL,
		/* of what is staged only parts are looked at; rules that are left out may be the ones that are allowed */
		.idle = r->calls->quiet || r->calls->trace || r->calls->staged || s->no_builtin ? NULL : on_idle,
		.progress = r->progress.on ? on_progress : NULL,
		.arg = r,
	};
	struct scan_result result = { 0 };
	struct timespec began;
	int ret;

	clock_gettime(CLOCK_MONOTONIC, &began);
	ret = have_key < 0 || check_cache(s, have_key, err) < 0 ? -1 : scan_run(&options, targets, count, &calls, &result, err);
	sodium_memzero(key, sizeof key);
	r->summary.complete = ret == 0 && r->summary.unread == 0;
	r->summary.files = result.files;
	r->summary.bytes = result.bytes;
	r->summary.allowed = result.allowed;
	r->summary.skipped = source.skipped;
	r->summary.rules = r->armory.rules->count;
	r->summary.seconds = seconds_since(&began);
	progress_clear(&r->progress);
	tell_cache(r, &result);
	return ret;
}

static int
status_of(const struct run *r)
{
	if (r->fail)
		return STATUS_FOUND;
	return r->summary.unread ? STATUS_UNREAD : STATUS_NOTHING;
}

int
run_scan(const struct settings *s, const char *const *targets, size_t count, const struct run_calls *calls, struct error *err)
{
	struct run r = { .settings = s, .calls = calls };
	struct error late;
	int ret;

	if (armory_open(&r.armory, s, err) < 0 || (r.armory.user.count && check_user(&r.armory, err) < 0))
		return -1;
	progress_init(&r.progress, !s->no_progress && !calls->quiet);
	ret = identifiers_init(&r.identifiers, s->identifiers, err);
	if (ret == 0 && s->known.count)
		ret = known_load(s, &r.known, err);
	if (ret == 0 && s->dockerfile)
		ret = built_read(&r.built, s->dockerfile, err);
	if (ret == 0)
		ret = open_suppressions(&r, err);
	if (ret == 0)
		ret = open_reports(&r, err);
	if (ret == 0)
		ret = scan(&r, targets, count, err);
	/* a report of a scan that failed is ended too, and says that it is not complete */
	if (close_reports(&r, ret < 0 ? &late : err) < 0)
		ret = -1;
	if (ret == 0)
		tell_idle(&r);
	buf_done(&r.file);
	buf_done(&r.idle);
	identifiers_done(&r.identifiers);
	known_free(r.known);
	built_done(&r.built);
	ignored_free(r.ignored);
	baseline_free(r.own_baseline);
	armory_close(&r.armory);
	return ret < 0 ? -1 : status_of(&r);
}

int
run_tell(const struct settings *s, const struct rules *rules, int (*work)(void *, struct run_teller *, struct error *), void *arg,
    struct error *err)
{
	static const struct run_calls calls;
	struct run r = { .settings = s, .calls = &calls, .armory.rules = rules, .summary.rules = rules->count,
		.identifiers.told = IDENTIFIERS_ALL };
	struct run_teller teller = { on_finding, on_unread, &r, 0, 0, 0 };
	struct timespec began;
	struct error late;
	int ret = open_suppressions(&r, err);

	clock_gettime(CLOCK_MONOTONIC, &began);
	if (ret == 0)
		ret = open_reports(&r, err);
	if (ret == 0)
		ret = work(arg, &teller, err);
	r.summary.files = teller.files;
	r.summary.bytes = teller.bytes;
	r.summary.allowed = teller.allowed;
	r.summary.complete = ret == 0 && r.summary.unread == 0;
	r.summary.seconds = seconds_since(&began);
	if (close_reports(&r, ret < 0 ? &late : err) < 0)
		ret = -1;
	if (ret == 0)
		tell_idle(&r);
	buf_done(&r.file);
	buf_done(&r.idle);
	ignored_free(r.ignored);
	baseline_free(r.own_baseline);
	return ret < 0 ? -1 : status_of(&r);
}
