/*
 * matcher.c: how fast the matcher alone is. Reads the files beneath the named
 * folders into memory, then runs their windows through it on one core for some
 * seconds of CPU time, with no unwrapping, no triage and no report.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <stanch/error.h>

#include "match/builtin.h"
#include "match/literals.h"
#include "match/match.h"
#include "match/window.h"
#include "rules/rules.h"

#define MOST ((size_t)256 << 20)
#define SECONDS 4.0

static uint8_t *text;
static size_t len, files;

static int
take(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	FILE *f;

	(void)at;
	if (kind != FTW_F || (size_t)st->st_size > MOST - len)
		return 0;
	f = fopen(path, "rb");
	if (!f)
		return 0;
	len += fread(text + len, 1, (size_t)st->st_size, f);
	fclose(f);
	files++;
	return 0;
}

static bool
on_hit(void *arg, const struct hit *hit)
{
	(void)hit;
	++*(size_t *)arg;
	return true;
}

static void
on_form(void *arg, const struct form_hit *form)
{
	(void)arg;
	(void)form;
}

static double
cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* all of the text in windows, as a file of that length would be cut */
static size_t
once(struct scratch *s)
{
	size_t hits = 0;
	const struct match_calls calls = { .hit = on_hit, .form = on_form, .arg = &hits };
	struct error err;

	for (size_t own = 0; own < len; own += WINDOW_OWN) {
		const size_t from = own > WINDOW_BEHIND ? own - WINDOW_BEHIND : 0;
		struct window w = { .text = bytes_cut((struct bytes){ text, len }, from, own + WINDOW_OWN + WINDOW_AHEAD), .own = own - from };

		w.own_end = own + WINDOW_OWN < len ? w.own + WINDOW_OWN : len - from;
		w.offset = from;
		if (match_window(s, &w, &calls, &err) < 0)
			fprintf(stderr, "window at %zu: %s\n", own, err.text);
	}
	return hits;
}

int
main(int argc, char **argv)
{
	struct error err;
	struct literals literals;
	struct matcher *m;
	struct scratch *s;
	size_t hits = 0, rounds = 0;
	double began, took;

	text = malloc(MOST);
	if (!text || argc < 2) {
		fputs("usage: bench-matcher FOLDER...\n", stderr);
		return 2;
	}
	for (int i = 1; i < argc; i++)
		nftw(argv[i], take, 16, FTW_PHYS);
	if (builtin_load(&literals, &err) < 0 || !(m = matcher_new(&builtin_rules, &literals, &err)) ||
	    !(s = scratch_new(m, &err))) {
		fprintf(stderr, "bench-matcher: %s\n", err.text);
		return 3;
	}
	once(s);        /* compiles what will be used, warms the cache */
	began = cpu();
	do {
		hits += once(s);
		rounds++;
		took = cpu() - began;
	} while (took < SECONDS);
	printf("%zu rules, %zu literals; %zu files, %.1f MB: %.2f GB/s of CPU time, %zu hits a round\n", builtin_rules.count, literals.count,
	    files, (double)len / 1e6, (double)len * (double)rounds / took / 1e9, hits / rounds);
	scratch_free(s);
	matcher_free(m);
	literals_free(&literals);
	free(text);
	return 0;
}
