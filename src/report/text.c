/* For people: short, in colour where there is a terminal, never able to drive it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/bytes.h"
#include "report/chars.h"
#include "report/excerpt.h"
#include "report/layers.h"
#include "report/location.h"
#include "report/quote.h"
#include "report/reasons.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

#define INDENT 10               /* columns of the severity and its gap */
#define WIDTH 120               /* of a line of code, where the terminal's is not known */
#define WIDTH_LEAST 40
#define PLACES_MOST 5           /* other places of a secret that are named */
#define DETAIL_MOST 200         /* bytes of what a step says of itself */
#define BETWEEN " \xe2\x96\xb8 "

#define BOLD "1"
#define DIM "2"
#define GOOD "32"
#define PLACE "36"
#define WARN "33"

struct state {
	struct buf last;        /* the file of the finding before */
	bool any;               /* a finding was told */
	uint8_t *advised;       /* a bit for each rule whose advice was told; or NULL */
	struct reasons reasons;
	struct layers layers;   /* of images, for the tree at the end */
};

static const char *const colors[] = {
	[SEVERITY_INFO] = "2",
	[SEVERITY_LOW] = "34",
	[SEVERITY_MEDIUM] = "33",
	[SEVERITY_HIGH] = "31",
	[SEVERITY_CRITICAL] = "1;31",
};

static void
paint(struct report *r, const char *color)
{
	if (r->color)
		buf_addf(&r->out, "\x1b[%sm", color);
}

static void
paint_end(struct report *r)
{
	paint(r, "0");
}

static struct bytes
content(const struct buf *b)
{
	return (struct bytes){ b->at, b->len };
}

static void
indent(struct report *r)
{
	buf_addf(&r->out, "%*s", INDENT, "");
}

static unsigned
columns(struct bytes text)
{
	unsigned n = 0;
	uint32_t code;

	for (size_t i = 0; i < text.len;) {
		i += chars_next((const char *)text.at + i, text.len - i, &code);
		n += code == CHARS_BAD ? 1 : chars_width(code);
	}
	return n;
}

/* Writes visible text in words, on lines of the terminal's width, indented. */
static void
wrap(struct report *r, struct bytes text, const char *first)
{
	unsigned room = r->width > INDENT + WIDTH_LEAST / 2 ? r->width - INDENT : UINT32_MAX;
	unsigned lead = columns(bytes_of(first)), at = lead;

	indent(r);
	buf_adds(&r->out, first);
	while (text.len) {
		size_t end = bytes_find(text, bytes_of(" "));
		struct bytes word = bytes_cut(text, 0, end);
		unsigned width = columns(word);

		if (at > lead && width + 1 > room - (at < room ? at : room)) {
			buf_addf(&r->out, "\n%*s", (int)(INDENT + lead), "");
			at = lead;
		} else if (at > lead) {
			buf_addc(&r->out, ' ');
			at++;
		}
		buf_add(&r->out, word.at, word.len);
		at += width;
		text = bytes_cut(text, end + 1, text.len);
	}
	buf_addc(&r->out, '\n');
}

static void
text_begin(struct report *r)
{
	struct state *state = calloc(1, sizeof *state);

	r->state = state;
	if (!state)
		r->out.failed = true;
	else
		layers_init(&state->layers);
	if (state && r->rules && r->rules->count)
		state->advised = calloc(r->rules->count / 8 + 1, 1);
}

static void
tell_head(struct report *r, const struct finding *f)
{
	const char *severity = severity_name(f->rule->severity);

	paint(r, colors[f->rule->severity]);
	buf_adds(&r->out, severity);
	paint_end(r);
	buf_addf(&r->out, "%*s", (int)(INDENT - strlen(severity)), "");
	paint(r, BOLD);
	quote_visible(&r->out, bytes_of(f->rule->about));
	paint_end(r);
	paint(r, DIM);
	buf_addf(&r->out, " \xc2\xb7 %s \xc2\xb7 ", confidence_name(f->confidence));
	quote_visible(&r->out, bytes_of(f->rule->id));
	paint_end(r);
	buf_addc(&r->out, '\n');
}

static void
tell_place(struct report *r, const struct finding *f, bool same)
{
	struct buf text;

	buf_init(&text);
	location_point(f, &text);
	indent(r);
	paint(r, PLACE);
	quote_visible(&r->out, content(&text));
	paint_end(r);
	buf_addc(&r->out, '\n');
	if (!same && location_nested(f->origin)) {
		text.len = 0;
		location_way(f->origin, BETWEEN, &text);
		indent(r);
		paint(r, DIM);
		quote_visible(&r->out, content(&text));
		paint_end(r);
		buf_addc(&r->out, '\n');
	}
	r->out.failed |= text.failed;
	buf_done(&text);
}

/* where in a manifest it stands, and whose that is */
static void
tell_path(struct report *r, const struct finding *f)
{
	if (!f->path)
		return;
	indent(r);
	quote_visible(&r->out, bytes_of(f->path));
	if (f->object_kind) {
		paint(r, DIM);
		buf_adds(&r->out, " \xc2\xb7 ");
		quote_visible(&r->out, bytes_of(f->object_kind));
		buf_addc(&r->out, ' ');
		if (f->object_namespace) {
			quote_visible(&r->out, bytes_of(f->object_namespace));
			buf_addc(&r->out, '/');
		}
		quote_visible(&r->out, bytes_of(f->object_name ? f->object_name : "?"));
		paint_end(r);
	}
	buf_addc(&r->out, '\n');
}

static void
underline(struct report *r, const struct excerpt *e)
{
	if (r->color || !e->secret_cols)
		return;
	buf_addf(&r->out, "%*s", (int)(INDENT + e->before_cols), "");
	for (unsigned i = 0; i < e->secret_cols; i++)
		buf_addc(&r->out, '^');
	buf_addc(&r->out, '\n');
}

static void
tell_excerpt(struct report *r, const struct finding *f)
{
	unsigned width = !r->width ? WIDTH : r->width < WIDTH_LEAST ? WIDTH_LEAST : r->width;
	struct excerpt e;

	if (!f->excerpt)
		return;
	excerpt_fit(&e, f, width - INDENT);
	indent(r);
	buf_add(&r->out, e.before.at, e.before.len);
	paint(r, colors[f->rule->severity]);
	buf_add(&r->out, e.secret.at, e.secret.len);
	paint_end(r);
	buf_add(&r->out, e.after.at, e.after.len);
	buf_addc(&r->out, '\n');
	underline(r, &e);
	r->out.failed |= e.before.failed || e.secret.failed || e.after.failed;
	excerpt_done(&e);
}

static void
tell_why(struct report *r, const struct finding *f)
{
	struct buf why, text;

	buf_init(&why);
	buf_init(&text);
	wording_why(&why, f);
	quote_visible(&text, content(&why));
	if (text.len)
		wrap(r, content(&text), "");
	r->out.failed |= why.failed || text.failed;
	buf_done(&text);
	buf_done(&why);
}

static void
tell_secret(struct report *r, const struct finding *f)
{
	if (!f->secret)
		return;
	indent(r);
	buf_adds(&r->out, "secret: ");
	quote_visible(&r->out, bytes_of(f->secret));
	buf_addc(&r->out, '\n');
}

/* Whether a rule's advice is still to be told in this report. */
static bool
advise(const struct report *r, struct state *state, const struct rule *rule)
{
	for (size_t i = 0; state->advised && i < r->rules->count; i++) {
		uint8_t bit = (uint8_t)(1u << (i & 7));

		if (r->rules->rule[i] != rule)
			continue;
		if (state->advised[i >> 3] & bit)
			return false;
		state->advised[i >> 3] |= bit;
		return true;
	}
	return true;
}

static void
tell_advice(struct report *r, struct state *state, const struct rule *rule)
{
	struct buf text;

	if (!rule->advice || !advise(r, state, rule))
		return;
	buf_init(&text);
	quote_visible(&text, bytes_of(rule->advice));
	wrap(r, content(&text), "\xe2\x86\x92 ");
	r->out.failed |= text.failed;
	buf_done(&text);
}

/* a line of the way's details each */
static void
tell_details(struct report *r, const struct finding *f)
{
	struct buf details;
	struct bytes left;

	buf_init(&details);
	location_details(f->origin, &details);
	for (left = content(&details); left.len;) {
		const size_t end = bytes_find(left, bytes_of("\n"));

		indent(r);
		paint(r, DIM);
		quote_visible(&r->out, bytes_cut(left, 0, end < DETAIL_MOST ? end : DETAIL_MOST));
		buf_adds(&r->out, end > DETAIL_MOST ? "\xe2\x80\xa6" : "");
		paint_end(r);
		buf_addc(&r->out, '\n');
		left = bytes_cut(left, end + 1, left.len);
	}
	r->out.failed |= details.failed;
	buf_done(&details);
}

static void
tell_places(struct report *r, const struct finding *f)
{
	for (size_t i = 0; i < f->place_count && i < PLACES_MOST; i++) {
		struct buf text;

		buf_init(&text);
		location_place(&f->places[i], BETWEEN, &text);
		indent(r);
		buf_adds(&r->out, "also in ");
		quote_visible(&r->out, content(&text));
		buf_addc(&r->out, '\n');
		r->out.failed |= text.failed;
		buf_done(&text);
	}
	if (f->place_count > PLACES_MOST) {
		indent(r);
		buf_adds(&r->out, "and in ");
		wording_number(&r->out, f->place_count - PLACES_MOST);
		buf_adds(&r->out, " more places; --format jsonl names them all\n");
	}
}

static void
text_finding(struct report *r, const struct finding *f)
{
	struct state *state = r->state;
	struct buf file;
	bool same;

	if (!state)
		return;
	buf_init(&file);
	location_file(f->origin, &file);
	same = state->any && bytes_equal(content(&file), content(&state->last));
	buf_done(&state->last);
	state->last = file;
	r->out.failed |= file.failed;
	if (state->any && !same)
		buf_addc(&r->out, '\n');
	state->any = true;
	tell_head(r, f);
	tell_place(r, f, same);
	tell_details(r, f);
	tell_path(r, f);
	tell_excerpt(r, f);
	tell_secret(r, f);
	tell_why(r, f);
	tell_places(r, f);
	tell_advice(r, state, f->rule);
	layers_add(&state->layers, f);
}

static void
text_unread(struct report *r, const struct unread *u)
{
	struct state *state = r->state;

	if (state)
		reasons_add(&state->reasons, u);
}

static void
tell_names(struct report *r, const struct reason *reason)
{
	struct bytes names = content(&reason->names);

	while (names.len) {
		size_t end = bytes_find(names, bytes_of("\n"));

		indent(r);
		buf_add(&r->out, names.at, end);
		buf_addc(&r->out, '\n');
		names = bytes_cut(names, end + 1, names.len);
	}
	if (reason->count > REASONS_NAMES) {
		indent(r);
		buf_adds(&r->out, "and ");
		wording_number(&r->out, reason->count - REASONS_NAMES);
		buf_adds(&r->out, " more; --format jsonl names them all\n");
	}
}

static void
tell_unread(struct report *r, const struct reasons *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct reason *reason = &all->reason[i];

		paint(r, WARN);
		buf_addf(&r->out, "%-*s", INDENT, "not read");
		paint_end(r);
		buf_add(&r->out, reason->why.at, reason->why.len);
		r->out.failed |= reason->why.failed || reason->names.failed;
		buf_addc(&r->out, '\n');
		tell_names(r, reason);
	}
	if (all->count)
		buf_addc(&r->out, '\n');
}

static void
tell_summary(struct report *r, const struct summary *s)
{
	if (!s->complete && s->files == 0 && s->unread == 0)    /* the scan never began: its error says all */
		return;
	paint(r, s->findings ? BOLD : s->complete ? GOOD : WARN);
	wording_summary(&r->out, r, s);
	paint_end(r);
	buf_addc(&r->out, '\n');
}

static void
text_end(struct report *r, const struct summary *s)
{
	struct state *state = r->state;

	if (!state)
		return;
	if (state->any)
		buf_addc(&r->out, '\n');
	layers_tell(&state->layers, r);
	tell_unread(r, &state->reasons);
	tell_summary(r, s);
	layers_done(&state->layers);
	reasons_done(&state->reasons);
	buf_done(&state->last);
	free(state->advised);
	free(state);
}

const struct reporter text_reporter = {
	.name = "text",
	.about = "for people",
	.begin = text_begin,
	.finding = text_finding,
	.unread = text_unread,
	.end = text_end,
};
