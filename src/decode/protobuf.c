/*
 * protobuf.c: objects of Kubernetes as etcd stores them, "k8s" and a NUL before a protobuf message. They are decoded to
 * the JSON that the API server would show, so that its keys say what a value is.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "decode/decode.h"
#include "decode/encodings.h"
#include "decode/kubernetes.h"

/* before the message, with the tag of its first field, the object's type */
#define MAGIC "k8s\0\x0a"
#define MAGIC_LEN 4
/* from where an object begins to its kind's name: as far as its version may be long, with tags and lengths */
#define KIND_MOST 128
/* messages within messages: no object that is known has as many */
#define DEPTH_MOST 16

enum {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
};

/* A field as it stands in a message. */
struct item {
	unsigned number;
	bool text;                      /* has bytes; others are numbers, which are passed over */
	struct bytes bytes;
};

/* What is written, or, without out, where the want-th byte of it would come from. */
struct writer {
	struct buf *out;
	const uint8_t *from;            /* of the stretch */
	size_t count, want, place;
};

static bool
varint(struct bytes *rest, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64 && rest->len; shift += 7) {
		const uint8_t c = *rest->at;

		*rest = bytes_cut(*rest, 1, rest->len);
		*v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

/* takes the next field; of one that ends behind the text what is there. False: no more, or no message */
static bool
take(struct bytes *rest, struct item *item)
{
	uint64_t tag, n;

	if (!varint(rest, &tag) || tag >> 3 == 0 || tag >> 3 > 1u << 29)
		return false;
	*item = (struct item){ .number = (unsigned)(tag >> 3), .text = (tag & 7) == WIRE_BYTES };
	switch (tag & 7) {
	case WIRE_VARINT:
		return varint(rest, &n);
	case WIRE_FIXED64:
		n = 8;
		break;
	case WIRE_FIXED32:
		n = 4;
		break;
	case WIRE_BYTES:
		if (varint(rest, &n))
			break;
		return false;
	default:
		return false;
	}
	if (n > rest->len)
		n = rest->len;
	item->bytes = bytes_cut(*rest, 0, (size_t)n);
	*rest = bytes_cut(*rest, (size_t)n, rest->len);
	return true;
}

/* the bytes of a message's field, none if it has no such */
static struct bytes
field(struct bytes message, unsigned number)
{
	struct item item;

	while (take(&message, &item))
		if (item.number == number && item.text)
			return item.bytes;
	return (struct bytes){ message.at, 0 };
}

static void
put(struct writer *w, char c, const uint8_t *from)
{
	if (w->out)
		buf_addc(w->out, c);
	else if (w->count <= w->want)
		w->place = (size_t)(from - w->from);
	w->count++;
}

static void
puts_from(struct writer *w, const char *s, const uint8_t *from)
{
	while (*s)
		put(w, *s++, from);
}

static void
put_text(struct writer *w, struct bytes text)
{
	char escape[8];

	put(w, '"', text.at);
	for (const uint8_t *c = text.at; c < text.at + text.len; c++) {
		if (*c == '"' || *c == '\\')
			put(w, '\\', c);
		if (*c >= ' ' && *c != 0x7f) {
			put(w, (char)*c, c);
		} else {
			snprintf(escape, sizeof escape, "\\u%04x", *c);
			puts_from(w, escape, c);
		}
	}
	put(w, '"', text.at + text.len);
}

static void
put_base64(struct writer *w, struct bytes text)
{
	put(w, '"', text.at);
	for (size_t i = 0; i < text.len; i += 3) {
		const struct bytes b = bytes_cut(text, i, i + 3);
		const uint32_t v = (uint32_t)b.at[0] << 16 | (b.len > 1 ? b.at[1] << 8 : 0) | (b.len > 2 ? b.at[2] : 0);

		for (unsigned k = 0; k < 4; k++)
			put(w, k <= b.len ? encodings_base64[v >> (18 - 6 * k) & 63] : '=', b.at + (k && k <= b.len ? k - 1 : 0));
	}
	put(w, '"', text.at + text.len);
}

static void put_message(struct writer *, struct bytes, const struct kubernetes_message *, unsigned depth, bool *any);

static void
put_object(struct writer *w, struct bytes message, const struct kubernetes_message *m, unsigned depth)
{
	bool any = false;

	put(w, '{', message.at);
	put_message(w, message, m, depth + 1, &any);
	put(w, '}', message.at + message.len);
}

static bool
is_map(const struct kubernetes_field *f)
{
	return f->kind == KUBERNETES_MAP || f->kind == KUBERNETES_BYTES_MAP;
}

static bool
is_list(const struct kubernetes_field *f)
{
	return f->kind == KUBERNETES_TEXTS || f->kind == KUBERNETES_MESSAGES;
}

static void
put_value(struct writer *w, struct bytes value, const struct kubernetes_field *f, unsigned depth)
{
	if (is_map(f)) {
		put_text(w, field(value, 1));
		put(w, ':', value.at);
		value = field(value, 2);
	}
	if (f->of)
		put_object(w, value, f->of, depth);
	else if (f->kind == KUBERNETES_BYTES_MAP)
		put_base64(w, value);
	else
		put_text(w, value);
}

static void
close_many(struct writer *w, const struct kubernetes_field *f, const uint8_t *from)
{
	if (f && (is_map(f) || is_list(f)))
		put(w, is_map(f) ? '}' : ']', from);
}

/* the fields of a message; what repeats stands together, since it is written so. *any: a field stands before them */
static void
put_message(struct writer *w, struct bytes message, const struct kubernetes_message *m, unsigned depth, bool *any)
{
	const struct kubernetes_field *last = NULL, *f;
	struct bytes rest = message;
	struct item item;

	while (depth < DEPTH_MOST && take(&rest, &item)) {
		if (!item.text || !(f = kubernetes_field(m, item.number)))
			continue;
		if (f->kind == KUBERNETES_INLINE) {
			put_message(w, item.bytes, f->of, depth + 1, any);
			continue;
		}
		if (f != last || !(is_map(f) || is_list(f))) {
			close_many(w, last, item.bytes.at);
			puts_from(w, *any ? ",\"" : "\"", item.bytes.at);
			puts_from(w, f->name, item.bytes.at);
			puts_from(w, is_map(f) ? "\":{" : is_list(f) ? "\":[" : "\":", item.bytes.at);
		} else {
			put(w, ',', item.bytes.at);
		}
		*any = true;
		put_value(w, item.bytes, f, depth);
		last = f;
	}
	close_many(w, last, message.at + message.len);
}

/* the whole stretch, which was seen to be an object: its type, then what it holds */
static void
put_stretch(struct writer *w, struct bytes stretch)
{
	const struct bytes all = bytes_cut(stretch, MAGIC_LEN, stretch.len);
	const struct bytes type = field(all, 1), kind = field(type, 2), object = field(all, 2);
	const struct kubernetes_message *m = kubernetes_kind(kind);
	bool any = true;

	puts_from(w, "{\"apiVersion\":", all.at);
	put_text(w, field(type, 1));
	puts_from(w, ",\"kind\":", kind.at);
	put_text(w, kind);
	if (m)
		put_message(w, object, m, 0, &any);
	puts_from(w, "}\n", object.at + object.len);
}

/* where the object begins whose kind is at `at`; text.len: nowhere */
static size_t
begin(struct bytes text, size_t at)
{
	const size_t least = at > KIND_MOST ? at - KIND_MOST : 0;

	for (size_t from = at; from-- > least;)
		if (memcmp(text.at + from, MAGIC, bytes_cut(text, from, from + MAGIC_LEN + 1).len) == 0)
			return from;
	return text.len;
}

/* from the magic on, as long as there are fields that an object may have, each once */
static bool
stretch(struct bytes text, size_t at, size_t len, struct bytes *out)
{
	const size_t from = begin(text, at);
	struct bytes rest = bytes_cut(text, from + MAGIC_LEN, from + STRETCH_SIDE), type = { 0 };
	struct item item;
	unsigned last = 0;

	*out = (struct bytes){ 0 };
	for (; take(&rest, &item) && item.text && item.number == last + 1 && item.number <= 4; last++) {
		type = last ? type : item.bytes;
		*out = bytes_cut(text, from, (size_t)(rest.at - text.at));
	}
	/* the kind that was seen ends the type */
	return last >= 2 && type.at + type.len == text.at + at + len - 1;
}

static bool
decode(struct bytes in, struct buf *out)
{
	struct writer w = { .out = out };

	put_stretch(&w, in);
	return true;
}

static size_t
where(struct bytes in, size_t n)
{
	struct writer w = { .from = in.at, .want = n };

	put_stretch(&w, in);
	return w.place < in.len ? w.place : in.len - 1;
}

const struct encoding encoding_protobuf = {
	.name = "protobuf",
	.sign = ENCODING_TRIGGER,
	.triggers = kubernetes_signs,
	.stretch = stretch,
	.decode = decode,
	.where = where,
};
