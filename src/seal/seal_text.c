#include "seal/seal_text.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"

#define VARIANT sodium_base64_VARIANT_ORIGINAL_NO_PADDING

bool
seal_text_line(struct bytes *rest, struct bytes *line)
{
	const uint8_t *end = rest->len ? memchr(rest->at, '\n', rest->len) : NULL;

	if (!end)
		return false;
	*line = bytes_cut(*rest, 0, (size_t)(end - rest->at));
	*rest = bytes_cut(*rest, line->len + 1, rest->len);
	return true;
}

bool
seal_text_word(struct bytes *rest, struct bytes *word)
{
	const uint8_t *end = rest->len ? memchr(rest->at, ' ', rest->len) : NULL;

	if (rest->len == 0)
		return false;
	*word = bytes_cut(*rest, 0, end ? (size_t)(end - rest->at) : rest->len);
	*rest = bytes_cut(*rest, word->len + (end != NULL), rest->len);
	return true;
}

bool
seal_text_is_ascii(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] != '\n' && (b.at[i] < 0x20 || b.at[i] > 0x7e))
			return false;
	return true;
}

bool
seal_text_is_lined(struct bytes b)
{
	struct bytes line;

	if (b.len == 0)
		return false;
	while (b.len) {
		if (!seal_text_line(&b, &line) || line.len == 0)
			return false;
		if (line.at[0] == ' ' || line.at[line.len - 1] == ' ')
			return false;
	}
	return true;
}

bool
seal_text_base64(struct bytes text, uint8_t *out, size_t n)
{
	size_t len;

	/* libsodium 1.0.18 takes some bytes above 0x7f for + and / */
	if (text.len != (n * 4 + 2) / 3 || !seal_text_is_ascii(text))
		return false;
	return sodium_base642bin(out, n, (const char *)text.at, text.len, NULL, &len, NULL, VARIANT) == 0 && len == n;
}

void
seal_text_add64(struct buf *out, const uint8_t *at, size_t n)
{
	const size_t size = sodium_base64_encoded_len(n, VARIANT);
	uint8_t *room = buf_room(out, size);

	if (!room)
		return;
	sodium_bin2base64((char *)room, size, at, n, VARIANT);
	out->len += size - 1;
}

enum seal_status
seal_text_sender(struct bytes b, uint8_t key[static SEAL_KEY_BYTES])
{
	if (!bytes_starts(b, "ed25519 "))
		return SEAL_SENDER;
	if (!seal_text_base64(bytes_cut(b, 8, b.len), key, SEAL_KEY_BYTES))
		return SEAL_BASE64;
	return seal_key_is_sound(SEAL_KEY_VERIFIER, key) ? SEAL_OK : SEAL_KEY_WEAK;
}

bool
seal_text_number(struct bytes b, uint64_t *n)
{
	uint64_t sum = 0;

	if (b.len == 0 || b.len > 19 || b.at[0] == '0')
		return false;
	for (size_t i = 0; i < b.len; i++) {
		if (b.at[i] < '0' || b.at[i] > '9')
			return false;
		sum = sum * 10 + (b.at[i] - '0');
	}
	*n = sum;
	return sum <= SEAL_VERSION_MAX;
}

bool
seal_text_mode(struct bytes b, unsigned *mode)
{
	static const unsigned modes[] = { 0400, 0440, 0444 };
	static const char *const words[] = { "0400", "0440", "0444" };

	for (int i = 0; i < 3; i++)
		if (bytes_equal(b, bytes_of(words[i]))) {
			*mode = modes[i];
			return true;
		}
	return false;
}

static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool
is_part(struct bytes part, size_t max)
{
	if (part.len == 0 || part.len > max || !is_word(part.at[0]))
		return false;
	for (size_t i = 1; i < part.len; i++)
		if (!is_word(part.at[i]) && part.at[i] != '.' && part.at[i] != '-')
			return false;
	return true;
}

/* takes the next part off a path; what follows the last is marked by at = NULL */
static bool
next_part(struct bytes *rest, struct bytes *part)
{
	const uint8_t *slash = rest->len ? memchr(rest->at, '/', rest->len) : NULL;

	if (!rest->at)
		return false;
	*part = bytes_cut(*rest, 0, slash ? (size_t)(slash - rest->at) : rest->len);
	*rest = slash ? bytes_cut(*rest, part->len + 1, rest->len) : (struct bytes){ NULL, 0 };
	return true;
}

static bool
is_star(struct bytes part, const char *star)
{
	return bytes_equal(part, bytes_of(star));
}

static bool
is_path(struct bytes b, size_t max, bool stars)
{
	struct bytes part;
	unsigned n = 0;

	if (b.len == 0 || b.len > SEAL_NAME_MAX)
		return false;
	while (next_part(&b, &part)) {
		const bool star = stars && (is_star(part, "*") || (!b.at && is_star(part, "**")));

		if (++n > 8 || (!star && !is_part(part, max)))
			return false;
	}
	return true;
}

bool
seal_text_name(struct bytes b)
{
	return is_path(b, 128, false);
}

bool
seal_text_pattern(struct bytes b)
{
	return is_path(b, 128, true);
}

bool
seal_text_scope(struct bytes b, bool stars)
{
	struct bytes part;
	unsigned n = 0;

	if (b.len == 0)
		return false;
	while (next_part(&b, &part))
		if (++n > 3 || (!(stars && is_star(part, "*")) && !is_part(part, 63)))
			return false;
	return n == 3;
}

bool
seal_text_covers(struct bytes wide, struct bytes narrow)
{
	struct bytes w, n;

	while (next_part(&wide, &w)) {
		if (!next_part(&narrow, &n) || (!is_star(w, "*") && !bytes_equal(w, n)))
			return false;
	}
	return !narrow.at;
}

bool
seal_text_matches(struct bytes pattern, struct bytes name)
{
	struct bytes p, n;

	while (next_part(&pattern, &p)) {
		if (!next_part(&name, &n))
			return false;
		if (!pattern.at && is_star(p, "**"))
			return true;
		if (!is_star(p, "*") && !bytes_equal(p, n))
			return false;
	}
	return !name.at;
}

bool
seal_is_name(const char *text, size_t len)
{
	return seal_text_name((struct bytes){ (const uint8_t *)text, len });
}

bool
seal_is_scope(const char *text, size_t len, bool stars)
{
	return seal_text_scope((struct bytes){ (const uint8_t *)text, len }, stars);
}

bool
seal_scope_covers(const char *wide, const char *narrow)
{
	return seal_text_covers(bytes_of(wide), bytes_of(narrow));
}
