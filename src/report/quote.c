#include "report/quote.h"

#include <string.h>

#include "base/buf.h"
#include "report/chars.h"

/* Shows a hidden character; returns its columns. */
static unsigned
show(struct buf *out, uint8_t byte, uint32_t code)
{
	size_t before = out->len;

	if (code == '\n')
		buf_adds(out, "\\n");
	else if (code == '\r')
		buf_adds(out, "\\r");
	else if (code == '\t')
		buf_adds(out, "\\t");
	else if (code == CHARS_BAD || code < 0x80)
		buf_addf(out, "\\x%02x", byte);
	else
		buf_addf(out, "\\u{%x}", (unsigned)code);
	return (unsigned)(out->len - before);
}

unsigned
quote_visible(struct buf *out, struct bytes text)
{
	unsigned columns = 0;
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < text.len; i += n) {
		n = chars_next((const char *)text.at + i, text.len - i, &code);
		if (chars_hidden(code)) {
			columns += show(out, text.at[i], code);
		} else {
			columns += chars_width(code);
			buf_add(out, text.at + i, n);
		}
	}
	return columns;
}

static void
json_escape(struct buf *out, uint32_t code)
{
	if (code > 0xffff) {
		code -= 0x10000;
		buf_addf(out, "\\u%04x", (unsigned)(0xd800 + (code >> 10)));
		code = 0xdc00 + (code & 0x3ff);
	}
	buf_addf(out, "\\u%04x", (unsigned)code);
}

void
quote_json(struct buf *out, const char *text)
{
	size_t n, len = strlen(text);
	uint32_t code;

	buf_addc(out, '"');
	for (size_t i = 0; i < len; i += n) {
		n = chars_next(text + i, len - i, &code);
		if (code == CHARS_BAD)
			buf_adds(out, "\xef\xbf\xbd");
		else if (code == '"' || code == '\\')
			buf_addf(out, "\\%c", (char)code);
		else if (code == '\n')
			buf_adds(out, "\\n");
		else if (chars_hidden(code))
			json_escape(out, code);
		else
			buf_add(out, text + i, n);
	}
	buf_addc(out, '"');
}

static const char *
entity(uint32_t code)
{
	switch (code) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void
quote_xml(struct buf *out, struct bytes text)
{
	uint32_t code;
	size_t n;

	for (size_t i = 0; i < text.len; i += n) {
		n = chars_next((const char *)text.at + i, text.len - i, &code);
		if (chars_hidden(code))
			show(out, text.at[i], code);
		else if (entity(code))
			buf_adds(out, entity(code));
		else
			buf_add(out, text.at + i, n);
	}
}

void
quote_csv(struct buf *out, const char *text)
{
	size_t n, len = strlen(text);
	uint32_t code;

	buf_addc(out, '"');
	if (len && strchr("=+-@\t\r", text[0]))
		buf_addc(out, '\'');
	for (size_t i = 0; i < len; i += n) {
		n = chars_next(text + i, len - i, &code);
		if (chars_hidden(code))
			show(out, (uint8_t)text[i], code);
		else if (code == '"')
			buf_adds(out, "\"\"");
		else
			buf_add(out, text + i, n);
	}
	buf_addc(out, '"');
}

void
quote_github(struct buf *out, const char *text, bool property)
{
	size_t n, len = strlen(text);
	uint32_t code;

	for (size_t i = 0; i < len; i += n) {
		n = chars_next(text + i, len - i, &code);
		if (code == '%' || code == '\r' || code == '\n' || (property && (code == ':' || code == ',')))
			buf_addf(out, "%%%02X", (unsigned)code);
		else if (chars_hidden(code))
			show(out, (uint8_t)text[i], code);
		else
			buf_add(out, text + i, n);
	}
}

static bool
unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		(c && strchr("-._~/", c));
}

void
quote_uri(struct buf *out, const char *path)
{
	if (path[0] == '/')
		buf_adds(out, "file://");
	while (path[0] == '.' && path[1] == '/') {
		path += 2;
		path += strspn(path, "/");
	}
	for (; *path; path++) {
		if (unreserved(*path))
			buf_addc(out, *path);
		else
			buf_addf(out, "%%%02X", (unsigned)(uint8_t)*path);
	}
}

bool
quote_is_link(const char *text)
{
	return text && (!strncmp(text, "https://", 8) || !strncmp(text, "http://", 7));
}
