#include "report/wording.h"

#include <inttypes.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/buf.h"
#include "report/report.h"

void
wording_number(struct buf *out, uint64_t n)
{
	if (n >= 1000) {
		wording_number(out, n / 1000);
		buf_addf(out, ",%03u", (unsigned)(n % 1000));
	} else {
		buf_addf(out, "%u", (unsigned)n);
	}
}

void
wording_count(struct buf *out, uint64_t n, const char *one, const char *many)
{
	wording_number(out, n);
	buf_addf(out, " %s", n == 1 ? one : many);
}

/* n units of so many parts, with one digit behind the point where it matters */
static void
rounded(struct buf *out, uint64_t n, uint64_t parts)
{
	uint64_t tenth = parts / 10, tenths = n / tenth + (n % tenth >= (tenth + 1) / 2);

	if (tenths >= 1000)
		wording_number(out, n / parts + (n % parts >= parts / 2));
	else
		buf_addf(out, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

void
wording_size(struct buf *out, uint64_t bytes)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	uint64_t unit = 1000;
	size_t i = 0;

	if (bytes < 1000) {
		buf_addf(out, "%" PRIu64 " B", bytes);
		return;
	}
	/* the next unit already where rounding would tell 1,000 of this one */
	while (i < 5 && bytes / unit * 10 + bytes % unit * 10 / unit >= 9995) {
		unit *= 1000;
		i++;
	}
	rounded(out, bytes, unit);
	buf_addf(out, " %s", units[i]);
}

void
wording_seconds(struct buf *out, double seconds)
{
	uint64_t ms = seconds > 0 && seconds < 1e9 ? (uint64_t)(seconds * 1000 + 0.5) : 0;

	if (ms < 100) {
		buf_adds(out, "0.1 s");
	} else if (ms < 120000) {
		rounded(out, ms, 1000);
		buf_adds(out, " s");
	} else {
		wording_number(out, ms / 60000);
		buf_addf(out, " min %u s", (unsigned)(ms / 1000 % 60));
	}
}

static const struct {
	unsigned bit;
	const char *phrase;
} phrases[] = {
	{ EVIDENCE_CHECKSUM, "its check digits are right" },
	{ EVIDENCE_STRUCTURE, "it parses as what it claims to be" },
	{ EVIDENCE_PREFIX, "prefix and shape are distinctive" },
	{ EVIDENCE_PAIR, "its counterpart stands nearby" },
	{ EVIDENCE_ASSIGNMENT, "it is assigned to a telling name" },
	{ EVIDENCE_RANDOMNESS, "it looks random" },
};

static void
tell_evidence(struct buf *out, unsigned evidence)
{
	const char *between = "";

	for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
		if (!(evidence & phrases[i].bit))
			continue;
		buf_addf(out, "%s%s", between, phrases[i].phrase);
		between = ", ";
	}
}

void
wording_why(struct buf *out, const struct finding *f)
{
	size_t before = out->len;

	if (f->why && *f->why)
		buf_adds(out, f->why);
	else
		tell_evidence(out, f->evidence);
	if (f->entropy < 0.05 || f->entropy > 8 || (f->why && strstr(f->why, " bits")))
		return;
	if (out->len > before)
		buf_adds(out, ", ");
	rounded(out, (uint64_t)(f->entropy * 1000 + 0.5), 1000);
	buf_adds(out, " bits a character");
}

void
wording_found(struct buf *out, const struct report *r, const struct summary *s)
{
	const char *between = " (";

	if (!s->findings) {
		buf_adds(out, "nothing found");
		return;
	}
	wording_count(out, s->findings, "finding", "findings");
	for (int i = SEVERITY_CRITICAL; i >= 0; i--) {
		if (!r->told[i])
			continue;
		buf_adds(out, between);
		wording_number(out, r->told[i]);
		buf_addf(out, " %s", severity_name((enum severity)i));
		between = ", ";
	}
	buf_adds(out, *between == ',' ? ")" : "");
}

void
wording_scanned(struct buf *out, const struct summary *s)
{
	wording_count(out, s->files, "file", "files");
	buf_adds(out, ", ");
	wording_size(out, s->bytes);
	buf_adds(out, ", ");
	wording_seconds(out, s->seconds);
}

void
wording_unread(struct buf *out, const struct summary *s)
{
	if (s->unread)
		wording_count(out, s->unread, "file", "files");
	else
		buf_adds(out, "something");
	buf_adds(out, " could not be read to ");
	buf_adds(out, s->unread > 1 ? "their end" : "its end");
}

void
wording_suppressed(struct buf *out, const struct summary *s)
{
	const struct {
		uint64_t n;
		const char *by;
	} parts[] = {
		{ s->allowed, "by a comment" }, { s->baseline, "by the baseline" }, { s->ignored, "by .stanchignore" },
	};
	const char *between = "";

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		if (!parts[i].n)
			continue;
		buf_adds(out, between);
		wording_number(out, parts[i].n);
		buf_addf(out, "%s %s", *between ? "" : " suppressed", parts[i].by);
		between = ", ";
	}
}

void
wording_summary(struct buf *out, const struct report *r, const struct summary *s)
{
	size_t before;

	wording_found(out, r, s);
	buf_adds(out, " in ");
	wording_scanned(out, s);
	if (s->unread || !s->complete) {
		buf_adds(out, s->findings ? "; " : ", but ");
		wording_unread(out, s);
	}
	before = out->len;
	buf_adds(out, "; ");
	wording_suppressed(out, s);
	if (out->len == before + 2)
		out->len = before;
	if (s->identifiers) {
		buf_adds(out, "; ");
		wording_count(out, s->identifiers, "more name", "more names");
		buf_adds(out, " of accounts and hosts (--identifiers=all)");
	}
}
