/* RFC 4180, one line a finding; safe to open in a spreadsheet. */
#include <inttypes.h>

#include <stanch/finding.h>

#include "report/jsonout.h"
#include "report/location.h"
#include "report/quote.h"
#include "report/reporters.h"
#include "report/wording.h"
#include "rules/rule.h"

static void
csv_begin(struct report *r)
{
	buf_adds(&r->out, "type,severity,confidence,rule,about,file,line,column,end_line,end_column,offset,length,"
		"preview,key,evidence,entropy,why,mark,id,advice,docs\r\n");
}

static void
field(struct buf *out, const char *text)
{
	buf_addc(out, ',');
	if (text)
		quote_csv(out, text);
}

static void
number(struct buf *out, uint64_t n)
{
	buf_addc(out, ',');
	if (n)
		buf_addf(out, "%" PRIu64, n);
}

static void
file_field(struct buf *out, const struct origin *o)
{
	struct buf file;

	buf_init(&file);
	location_file(o, &file);
	field(out, buf_str(&file));
	out->failed |= file.failed;
	buf_done(&file);
}

static void
place_fields(struct buf *out, const struct finding *f)
{
	file_field(out, f->origin);
	number(out, f->line);
	number(out, f->column);
	number(out, f->end_line);
	number(out, f->end_column);
	buf_addf(out, ",%" PRIu64 ",%zu", f->offset, f->length);
}

static void
evidence_fields(struct buf *out, const struct finding *f)
{
	struct jsonout figure = { .out = out };
	const char *word, *between = "";
	struct buf why;

	buf_addc(out, ',');
	for (unsigned i = 0; (word = evidence_name(f->evidence, i)); i++) {
		buf_addf(out, "%s%s", between, word);
		between = " ";
	}
	buf_addc(out, ',');
	jsonout_decimal(&figure, f->entropy, 2);
	buf_init(&why);
	wording_why(&why, f);
	field(out, buf_str(&why));
	out->failed |= why.failed;
	buf_done(&why);
}

static void
csv_finding(struct report *r, const struct finding *f)
{
	struct buf *out = &r->out;

	buf_addf(out, "finding,%s,%s", severity_name(f->rule->severity), confidence_name(f->confidence));
	field(out, f->rule->id);
	field(out, f->rule->about);
	place_fields(out, f);
	field(out, f->preview);
	field(out, f->key);
	evidence_fields(out, f);
	buf_addc(out, ',');
	for (size_t i = 0; i < MARK_BYTES; i++)
		buf_addf(out, "%02x", f->mark[i]);
	field(out, f->id);
	field(out, f->rule->advice);
	field(out, f->rule->docs);
	buf_adds(out, "\r\n");
}

static void
csv_unread(struct report *r, const struct unread *u)
{
	buf_adds(&r->out, "unread,,,,");
	file_field(&r->out, u->origin);
	buf_adds(&r->out, ",,,,,,,,,,");
	field(&r->out, u->why);
	buf_adds(&r->out, ",,,,\r\n");
}

static void
csv_end(struct report *r, const struct summary *s)
{
	(void)r;
	(void)s;
}

const struct reporter csv_reporter = {
	.name = "csv",
	.about = "comma-separated values, for spreadsheets",
	.begin = csv_begin,
	.finding = csv_finding,
	.unread = csv_unread,
	.end = csv_end,
};
