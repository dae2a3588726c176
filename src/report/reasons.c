#include "report/reasons.h"

#include <string.h>

#include <stanch/finding.h>

#include "base/bytes.h"
#include "report/location.h"
#include "report/quote.h"

static struct bytes
content(const struct buf *b)
{
	return (struct bytes){ b->at, b->len };
}

/* The reason of these words; the last place takes all that find none. */
static struct reason *
find(struct reasons *all, struct bytes why)
{
	struct reason *new;

	for (size_t i = 0; i < all->count; i++)
		if (bytes_equal(content(&all->reason[i].why), why))
			return &all->reason[i];
	if (all->count == REASONS_MOST)
		return &all->reason[REASONS_MOST - 1];
	new = &all->reason[all->count++];
	if (all->count == REASONS_MOST)
		why = bytes_of("other reasons");
	buf_add(&new->why, why.at, why.len);
	return new;
}

void
reasons_add(struct reasons *all, const struct unread *u)
{
	struct reason *reason;
	struct buf text;

	buf_init(&text);
	quote_visible(&text, bytes_of(u->why));
	reason = find(all, content(&text));
	text.len = 0;
	if (reason->count++ < REASONS_NAMES) {
		location_way(u->origin, " \xe2\x96\xb8 ", &text);
		quote_visible(&reason->names, content(&text));
		buf_addc(&reason->names, '\n');
		reason->names.failed |= text.failed;
	}
	buf_done(&text);
}

void
reasons_done(struct reasons *all)
{
	for (size_t i = 0; i < all->count; i++) {
		buf_done(&all->reason[i].why);
		buf_done(&all->reason[i].names);
	}
	all->count = 0;
}
