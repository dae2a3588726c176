/* Files of NAME=VALUE, as docker compose and dotenv read them; nothing is expanded. */
#include <stdio.h>
#include <string.h>

#include <stanch/error.h>

#include "base/bytes.h"
#include "base/secret.h"
#include "commands/keyring.h"
#include "commands/values.h"

/* Where the reader stands, and the value it makes. */
struct reading {
	struct bytes rest;
	unsigned line;
	struct seal_value value;        /* room for the whole text */
};

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes
trim(struct bytes b)
{
	while (b.len && is_space(b.at[0]))
		b = bytes_cut(b, 1, b.len);
	while (b.len && is_space(b.at[b.len - 1]))
		b.len--;
	return b;
}

static struct bytes
next_line(struct reading *r)
{
	const size_t end = bytes_find(r->rest, bytes_of("\n"));
	const struct bytes line = bytes_cut(r->rest, 0, end);

	r->rest = bytes_cut(r->rest, end + 1, r->rest.len);
	r->line++;
	return line;
}

static uint8_t
unescape(uint8_t c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 't':
		return '\t';
	default:
		return c;
	}
}

/* what stands in quotes, over several lines if need be; false when they don't end */
static bool
read_quoted(struct reading *r, struct bytes first)
{
	/* the text from the quote on is one run: the line just read and what follows it */
	struct bytes b = { first.at, (size_t)(r->rest.at + r->rest.len - first.at) };
	const uint8_t quote = b.at[0];
	size_t i = 1;

	for (; i < b.len && b.at[i] != quote; i++) {
		if (b.at[i] == '\\' && quote == '"' && i + 1 < b.len)
			r->value.at[r->value.len++] = unescape(b.at[++i]);
		else
			r->value.at[r->value.len++] = b.at[i];
	}
	if (i >= b.len)
		return false;
	r->line += (unsigned)bytes_lines(bytes_cut(b, first.len, i));
	r->rest = bytes_cut(b, i + 1, b.len);
	b = r->rest;
	b = trim(bytes_cut(b, 0, bytes_find(b, bytes_of("\n"))));
	r->rest = bytes_cut(r->rest, bytes_find(r->rest, bytes_of("\n")) + 1, r->rest.len);
	return b.len == 0 || b.at[0] == '#';
}

static void
read_plain(struct reading *r, struct bytes v)
{
	v = trim(bytes_cut(v, 0, bytes_find(v, bytes_of(" #"))));
	if (v.len)
		memcpy(r->value.at, v.at, v.len);
	r->value.len = v.len;
}

/* one "NAME=VALUE"; false when the line is none */
static bool
read_pair(struct reading *r, struct bytes line, struct bytes *name)
{
	const size_t equals = bytes_find(line, bytes_of("="));
	struct bytes v;

	*name = trim(bytes_cut(line, 0, equals));
	if (bytes_starts(*name, "export "))
		*name = trim(bytes_cut(*name, 7, name->len));
	if (equals == line.len || name->len == 0)
		return false;
	v = trim(bytes_cut(line, equals + 1, line.len));
	r->value.len = 0;
	if (v.len && (v.at[0] == '"' || v.at[0] == '\''))
		return read_quoted(r, v);
	read_plain(r, v);
	return true;
}

static int
read_all(struct vault *v, struct reading *r, values_call call, void *arg)
{
	int status = SEAL_OK;

	while (status == SEAL_OK && r->rest.len) {
		const struct bytes line = trim(next_line(r));
		char full[SEAL_NAME_MAX + 1];
		struct bytes name;

		if (line.len == 0 || line.at[0] == '#')
			continue;
		if (!read_pair(r, line, &name) || !values_name(v->prefix, (const char *)name.at, name.len, full))
			return vault_usage(v, "%s:%u: is not NAME=VALUE", v->from_env, r->line);
		status = call(arg, full, &r->value);
	}
	return status;
}

int
values_of_env(struct vault *v, values_call call, void *arg)
{
	struct seal_value text = { 0 };
	struct reading r = { .line = 0 };
	int status = keyring_text(v, v->from_env, SEAL_VALUE_MAX, &text);

	if (status != SEAL_OK)
		return status;
	r.rest = (struct bytes){ text.at, text.len };
	r.value.at = secret_new(text.len + 1);
	status = r.value.at ? read_all(v, &r, call, arg) : vault_usage(v, "out of memory");
	seal_value_free(&r.value);
	seal_value_free(&text);
	return status;
}
