/* One page that stands alone; page.h has its fixed parts. */
#include <inttypes.h>
#include <stdlib.h>

#include <stanch.h>

#include "report/excerpt.h"
#include "report/jsonout.h"
#include "report/later.h"
#include "report/location.h"
#include "report/page.h"
#include "report/quote.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

#define EXCERPT 400             /* columns of a line of code; it scrolls */
#define PLACES_MOST 20          /* other places of a secret that are named */
#define BETWEEN " \xe2\x96\xb8 "

static void
html_begin(struct report *r)
{
	struct later *unread = calloc(1, sizeof *unread);

	r->state = unread;
	if (unread)
		later_init(unread);
	else
		r->out.failed = true;
	buf_adds(&r->out, page_head);
}

static void
add(struct buf *out, const char *text)
{
	quote_xml(out, bytes_of(text));
}

/* Takes over a text, quotes it and frees it. */
static void
add_quoted(struct buf *out, struct buf *text)
{
	add(out, buf_str(text));
	out->failed |= text->failed;
	buf_done(text);
}

static void
add_head(struct buf *out, const struct finding *f)
{
	const char *severity = severity_name(f->rule->severity);

	buf_addf(out, "<article class=\"%s\">\n<h2><b>%s</b>", severity, severity);
	add(out, f->rule->about);
	buf_addf(out, "<small>%s &middot; ", confidence_name(f->confidence));
	add(out, f->rule->id);
	buf_adds(out, "</small></h2>\n");
}

static void
add_place(struct buf *out, const struct finding *f)
{
	struct buf text;

	buf_init(&text);
	location_point(f, &text);
	buf_adds(out, "<code class=\"place\">");
	add_quoted(out, &text);
	buf_adds(out, "</code>\n");
	if (!location_nested(f->origin))
		return;
	location_way(f->origin, BETWEEN, &text);
	buf_adds(out, "<div class=\"way\">");
	add_quoted(out, &text);
	buf_adds(out, "</div>\n");
}

static void
add_details_of_way(struct buf *out, const struct finding *f)
{
	struct buf text;

	buf_init(&text);
	location_details(f->origin, &text);
	if (text.len)
		buf_adds(out, "<div class=\"way\">");
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] == '\n')
			text.at[i] = ';';
	if (text.len) {
		add_quoted(out, &text);
		buf_adds(out, "</div>\n");
	}
	buf_done(&text);
}

static void
add_places(struct buf *out, const struct finding *f)
{
	struct buf text;

	buf_init(&text);
	for (size_t i = 0; i < f->place_count && i < PLACES_MOST; i++) {
		location_place(&f->places[i], BETWEEN, &text);
		buf_adds(out, "<div class=\"way\">also in ");
		add_quoted(out, &text);
		buf_adds(out, "</div>\n");
	}
	if (f->place_count > PLACES_MOST)
		buf_addf(out, "<div class=\"way\">and in %zu more places</div>\n", f->place_count - PLACES_MOST);
}

static void
add_excerpt(struct buf *out, const struct finding *f)
{
	struct excerpt e;

	if (!f->excerpt)
		return;
	excerpt_fit(&e, f, EXCERPT);
	buf_adds(out, "<pre>");
	quote_xml(out, (struct bytes){ e.before.at, e.before.len });
	buf_adds(out, "<mark>");
	quote_xml(out, (struct bytes){ e.secret.at, e.secret.len });
	buf_adds(out, "</mark>");
	quote_xml(out, (struct bytes){ e.after.at, e.after.len });
	buf_adds(out, "</pre>\n");
	out->failed |= e.before.failed || e.secret.failed || e.after.failed;
	excerpt_done(&e);
}

static void
add_story(struct buf *out, const struct finding *f)
{
	struct buf why;

	buf_init(&why);
	wording_why(&why, f);
	buf_adds(out, "<p>");
	add_quoted(out, &why);
	buf_adds(out, "</p>\n");
	if (!f->rule->advice)
		return;
	buf_adds(out, "<p class=\"do\">\xe2\x86\x92 ");
	add(out, f->rule->advice);
	buf_adds(out, "</p>\n");
}

static void
add_term(struct buf *out, const char *term, const char *text)
{
	if (!text)
		return;
	buf_addf(out, "<dt>%s</dt><dd>", term);
	add(out, text);
	buf_adds(out, "</dd>\n");
}

static void
add_docs(struct buf *out, const char *url)
{
	if (!quote_is_link(url)) {
		add_term(out, "described in", url);
		return;
	}
	buf_adds(out, "<dt>described in</dt><dd><a rel=\"noopener noreferrer\" href=\"");
	add(out, url);
	buf_adds(out, "\">");
	add(out, url);
	buf_adds(out, "</a></dd>\n");
}

static void
add_details(struct buf *out, const struct finding *f)
{
	struct jsonout figure = { .out = out };

	buf_adds(out, "<details><summary>more</summary>\n<dl>\n");
	add_term(out, "preview", f->preview);
	buf_addf(out, "<dt>length</dt><dd>%zu bytes from byte %" PRIu64 "</dd>\n<dt>entropy</dt><dd>", f->length, f->offset);
	jsonout_decimal(&figure, f->entropy, 2);
	buf_adds(out, " bits a character</dd>\n");
	add_term(out, "assigned to", f->key);
	add_term(out, "vendor", f->rule->vendor);
	add_docs(out, f->rule->docs);
	add_term(out, "id", f->id);
	buf_adds(out, "<dt>mark</dt><dd>");
	for (size_t i = 0; i < MARK_BYTES; i++)
		buf_addf(out, "%02x", f->mark[i]);
	buf_adds(out, "</dd>\n");
	add_term(out, "secret", f->secret);
	buf_adds(out, "</dl></details>\n</article>\n");
}

static void
html_finding(struct report *r, const struct finding *f)
{
	add_head(&r->out, f);
	add_place(&r->out, f);
	add_details_of_way(&r->out, f);
	add_places(&r->out, f);
	add_excerpt(&r->out, f);
	add_story(&r->out, f);
	add_details(&r->out, f);
}

static void
html_unread(struct report *r, const struct unread *u)
{
	struct later *unread = r->state;
	struct buf text;

	if (!unread)
		return;
	buf_init(&text);
	location_way(u->origin, BETWEEN, &text);
	buf_adds(&unread->text, "<li><code>");
	add_quoted(&unread->text, &text);
	buf_adds(&unread->text, "</code><span>");
	add(&unread->text, u->why);
	buf_adds(&unread->text, "</span></li>\n");
	later_settle(unread);
}

static void
add_filters(struct report *r)
{
	buf_adds(&r->out, "<nav>\n");
	for (int i = SEVERITY_CRITICAL; i >= 0; i--) {
		const char *name = severity_name((enum severity)i);

		if (!r->told[i])
			continue;
		buf_addf(&r->out, "<label for=\"%s\" class=\"%s\"><b>", name, name);
		wording_number(&r->out, r->told[i]);
		buf_addf(&r->out, "</b>%s</label>\n", name);
	}
	buf_adds(&r->out, "</nav>\n");
}

static void
add_header(struct report *r, const struct summary *s)
{
	size_t before;

	buf_adds(&r->out, "<header>\n<h1>stanch <span>");
	if (s->findings)
		wording_count(&r->out, s->findings, "finding", "findings");
	else
		buf_adds(&r->out, "nothing found");
	buf_adds(&r->out, "</span></h1>\n<p>");
	wording_scanned(&r->out, s);
	buf_adds(&r->out, ", ");
	wording_count(&r->out, s->rules, "rule", "rules");
	before = r->out.len;
	buf_adds(&r->out, "; ");
	wording_suppressed(&r->out, s);
	if (r->out.len == before + 2)
		r->out.len = before;
	buf_adds(&r->out, "</p>\n");
	if (s->unread || !s->complete) {
		buf_adds(&r->out, "<p class=\"note\">");
		wording_unread(&r->out, s);
		buf_adds(&r->out, "</p>\n");
	} else if (!s->findings) {
		buf_adds(&r->out, "<p class=\"good\">everything was read to its end</p>\n");
	}
	add_filters(r);
	buf_adds(&r->out, "</header>\n");
}

static void
html_end(struct report *r, const struct summary *s)
{
	struct later *unread = r->state;

	if (!unread)
		return;
	buf_adds(&r->out, "</main>\n");
	if (unread->spilled || unread->text.len || unread->text.failed) {
		buf_adds(&r->out, "<section>\n<h2>Not read to the end</h2>\n<ul>\n");
		later_write(unread, r);
		buf_adds(&r->out, "</ul>\n</section>\n");
	}
	add_header(r, s);
	buf_adds(&r->out, page_foot);
	later_done(unread);
	free(unread);
}

const struct reporter html_reporter = {
	.name = "html",
	.about = "one page that stands alone, for browsers",
	.begin = html_begin,
	.finding = html_finding,
	.unread = html_unread,
	.end = html_end,
};
