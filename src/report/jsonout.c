#include "report/jsonout.h"

#include <inttypes.h>

#include "base/buf.h"
#include "report/quote.h"

static void
comma(struct jsonout *j)
{
	if (j->more)
		buf_addc(j->out, ',');
	j->more = true;
}

void
jsonout_open(struct jsonout *j, char bracket)
{
	comma(j);
	buf_addc(j->out, bracket);
	j->more = false;
}

void
jsonout_close(struct jsonout *j, char bracket)
{
	buf_addc(j->out, bracket);
	j->more = true;
}

void
jsonout_key(struct jsonout *j, const char *key)
{
	comma(j);
	quote_json(j->out, key);
	buf_addc(j->out, ':');
	j->more = false;
}

void
jsonout_text(struct jsonout *j, const char *text)
{
	comma(j);
	quote_json(j->out, text);
}

void
jsonout_number(struct jsonout *j, uint64_t n)
{
	comma(j);
	buf_addf(j->out, "%" PRIu64, n);
}

void
jsonout_bool(struct jsonout *j, bool yes)
{
	comma(j);
	buf_adds(j->out, yes ? "true" : "false");
}

void
jsonout_decimal(struct jsonout *j, double value, unsigned digits)
{
	uint64_t scale = 1, whole;

	for (unsigned i = 0; i < digits; i++)
		scale *= 10;
	whole = value >= 0 && value < 1e12 ? (uint64_t)(value * (double)scale + 0.5) : 0;
	comma(j);
	buf_addf(j->out, "%" PRIu64 ".%0*" PRIu64, whole / scale, (int)digits, whole % scale);
}

void
jsonout_member(struct jsonout *j, const char *key, const char *text)
{
	if (!text)
		return;
	jsonout_key(j, key);
	jsonout_text(j, text);
}

void
jsonout_wrapped(struct jsonout *j, const char *key, const char *text)
{
	jsonout_key(j, key);
	jsonout_open(j, '{');
	jsonout_member(j, "text", text);
	jsonout_close(j, '}');
}

void
jsonout_take(struct jsonout *j, const char *key, struct buf *text)
{
	jsonout_member(j, key, buf_str(text));
	j->out->failed |= text->failed;
	buf_done(text);
}

void
jsonout_count(struct jsonout *j, const char *key, uint64_t n)
{
	jsonout_key(j, key);
	jsonout_number(j, n);
}
