#include "deliver/template.h"

#include <stdbool.h>
#include <string.h>

#include <stanch/error.h>

#include "base/secret.h"
#include "deliver/generation.h"

struct output {
	uint8_t *at;            /* NULL on the first pass, which only measures */
	size_t len;
	mode_t mode;
};

static void
put(struct output *o, const void *data, size_t len)
{
	if (o->at && len)
		memcpy(o->at + o->len, data, len);
	o->len += len;
}

static unsigned
lines(const char *from, const char *to)
{
	unsigned n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* what stands between the braces, without blanks round it */
static const char *
trim(const char *at, size_t *len)
{
	for (; *len && (*at == ' ' || *at == '\t'); at++)
		(*len)--;
	while (*len && (at[*len - 1] == ' ' || at[*len - 1] == '\t'))
		(*len)--;
	return at;
}

static const struct item *
find(const struct item *items, size_t count, const char *name, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(items[i].name) == len && memcmp(items[i].name, name, len) == 0)
			return &items[i];
	return NULL;
}

static bool
is_word(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] < '-' || name[i] > 'z' || !strchr("-./0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", name[i]))
			return false;
	return len > 0 && len <= 255;
}

static int
put_item(struct output *o, const char *name, size_t len, unsigned line, const struct item *items, size_t count, struct error *err)
{
	const struct item *item;

	name = trim(name, &len);
	if (!is_word(name, len))
		return error_set(err, ERROR_SYNTAX, "line %u: a template knows {{name}} and nothing else", line);
	item = find(items, count, name, len);
	if (!item)
		return error_set(err, ERROR_SYNTAX, "line %u: there is no secret %.*s in the set", line, (int)len, name);
	put(o, item->at, item->len - (item->len && item->at[item->len - 1] == '\n'));
	o->mode &= item->mode;
	return o->len <= TEMPLATE_MAX ? 0 : error_set(err, ERROR_LIMIT, "line %u: a filled template is at most 1 MiB", line);
}

static int
fill(struct output *o, const char *text, size_t len, const struct item *items, size_t count, struct error *err)
{
	const char *at = text, *end = text + len;
	unsigned line = 1;

	while (at < end) {
		const char *open = memmem(at, (size_t)(end - at), "{{", 2), *close;

		put(o, at, (size_t)((open ? open : end) - at));
		if (!open)
			break;
		line += lines(at, open);
		close = memmem(open, (size_t)(end - open), "}}", 2);
		if (!close)
			return error_set(err, ERROR_SYNTAX, "line %u: {{ is never closed", line);
		if (put_item(o, open + 2, (size_t)(close - open) - 2, line, items, count, err) < 0)
			return -1;
		line += lines(open, close);
		at = close + 2;
	}
	return 0;
}

int
template_fill(const char *text, size_t len, const struct item *items, size_t count, uint8_t **out, size_t *out_len, mode_t *mode,
	struct error *err)
{
	struct output o = { .mode = *mode };

	if (len > TEMPLATE_MAX)
		return error_set(err, ERROR_LIMIT, "a template is at most 1 MiB");
	if (fill(&o, text, len, items, count, err) < 0)
		return -1;
	if (o.len > TEMPLATE_MAX)
		return error_set(err, ERROR_LIMIT, "a filled template is at most 1 MiB");
	o = (struct output){ .at = secret_new(o.len), .mode = *mode };
	if (!o.at)
		return error_set(err, ERROR_INTERNAL, "out of memory filling a template");
	/* it went through once already */
	fill(&o, text, len, items, count, err);
	*out = o.at;
	*out_len = o.len;
	*mode = o.mode;
	return 0;
}
