#include "match/window.h"

#include <string.h>

#include <stanch/blob.h>

#define HEAD ((size_t)8 << 10)

bool
window_looks_binary(struct bytes head)
{
	return head.len && memchr(head.at, 0, head.len < HEAD ? head.len : HEAD);
}

/* UTF-16 units of UTF-8 text; a byte that is no UTF-8 counts as one */
static uint64_t
units16(struct bytes b)
{
	uint64_t n = 0;

	for (size_t i = 0; i < b.len; i++) {
		const bool follows = (b.at[i] & 0xc0) == 0x80;

		n += !follows;
		n += b.at[i] >= 0xf0 && b.at[i] < 0xf8;
	}
	return n;
}

struct place
window_place(const struct window *w, size_t at)
{
	const struct bytes before = bytes_cut(w->text, 0, at);
	const uint8_t *lf = before.len ? memrchr(before.at, '\n', before.len) : NULL;
	const size_t start = lf ? (size_t)(lf - w->text.at) + 1 : 0;
	struct place p = { .offset = w->offset + at };

	if (w->binary)
		return p;
	p.line = w->line + bytes_lines(before);
	p.column = lf ? at - start + 1 : p.offset - w->line_start + 1;
	/* of a line that began before the window, the part unseen is taken for ASCII */
	p.column16 = p.column - (at - start) + units16(bytes_cut(w->text, start, at));
	return p;
}

struct bytes
window_line(const struct window *w, size_t at, size_t end, size_t most)
{
	size_t from = at, to = end;

	while (from > 0 && at - from < most && w->text.at[from - 1] != '\n')
		from--;
	while (to < w->text.len && to - end < most && w->text.at[to] != '\n' && w->text.at[to] != '\r')
		to++;
	return bytes_cut(w->text, from, to);
}

void
windows_init(struct windows *ws, struct blob *blob, uint8_t *memory)
{
	*ws = (struct windows){ .blob = blob, .memory = memory, .next = { .origin = blob->origin, .line = 1 } };
}

void
windows_move(struct windows *ws, uint8_t *memory)
{
	if (ws->fill)
		memcpy(memory, ws->memory, ws->fill);
	ws->memory = memory;
}

/* adds one block to the memory: 1, or as blob->read */
static int
fill_block(struct windows *ws, struct error *err)
{
	const size_t room = WINDOW_SIZE - ws->fill;
	size_t n;
	int r = 1;

	if (ws->left.len == 0) {
		ws->blob->room = ws->memory + ws->fill;
		ws->blob->room_size = room;
		r = ws->blob->read(ws->blob, &ws->left, err);
		if (r <= 0)
			return r;
	}
	n = ws->left.len < room ? ws->left.len : room;
	if (ws->left.at != ws->memory + ws->fill)
		memcpy(ws->memory + ws->fill, ws->left.at, n);
	ws->fill += n;
	ws->left = bytes_cut(ws->left, n, ws->left.len);
	return 1;
}

/* drops what lies before the next window's view, and keeps count of its lines */
static void
shift(struct windows *ws)
{
	struct window *w = &ws->next;
	const size_t drop = w->own_end > WINDOW_BEHIND ? w->own_end - WINDOW_BEHIND : 0;
	const uint8_t *lf = drop ? memrchr(ws->memory, '\n', drop) : NULL;

	w->line += bytes_lines((struct bytes){ ws->memory, drop });
	if (lf)
		w->line_start = w->offset + (uint64_t)(lf - ws->memory) + 1;
	w->offset += drop;
	w->own = w->own_end - drop;
	memmove(ws->memory, ws->memory + drop, ws->fill - drop);
	ws->fill -= drop;
}

int
windows_next(struct windows *ws, struct window *out, struct error *err)
{
	struct window *w = &ws->next;
	int r = 1;

	if (ws->started && ws->ended && w->own_end == ws->fill)
		return 0;
	if (ws->started)
		shift(ws);
	while (!ws->ended && ws->fill < WINDOW_SIZE && r > 0) {
		r = fill_block(ws, err);
		ws->ended = r <= 0;
	}
	if (!ws->started)
		w->binary = window_looks_binary((struct bytes){ ws->memory, ws->fill });
	ws->started = true;
	w->text = (struct bytes){ ws->memory, ws->fill };
	w->own_end = ws->ended ? ws->fill : ws->fill - WINDOW_AHEAD;
	if (r < 0) {
		w->own_end = w->own;            /* the same stretch again, then, as the last one */
		return -1;
	}
	if (w->own >= w->own_end)
		return 0;
	*out = *w;
	return 1;
}
