#include "triage/checksum_code.h"

#include <string.h>

#include <sodium.h>

uint32_t
crc32_of(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (0xedb88320 & (0u - (crc & 1)));
	}
	return ~crc;
}

uint16_t
crc16_of(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint32_t)p[i] << 8;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	return (uint16_t)crc;
}

uint32_t
crc24_of(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t crc = 0xb704ce;

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint32_t)p[i] << 16;
		for (int bit = 0; bit < 8; bit++)
			crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
	}
	return crc & 0xffffff;
}

static uint32_t
rotate(uint32_t x, unsigned by)
{
	return x << by | x >> (32 - by);
}

static void
marvin_block(uint32_t h[2])
{
	h[1] ^= h[0];
	h[0] = rotate(h[0], 20) + h[1];
	h[1] = rotate(h[1], 9) ^ h[0];
	h[0] = rotate(h[0], 27) + h[1];
	h[1] = rotate(h[1], 19);
}

uint32_t
marvin32_of(const void *data, size_t len, uint64_t seed)
{
	const uint8_t *p = data;
	uint32_t h[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
	uint32_t last = 0x80;

	for (; len >= 4; p += 4, len -= 4) {
		h[0] += (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
			(uint32_t)p[3] << 24;
		marvin_block(h);
	}
	while (len > 0)
		last = last << 8 | p[--len];
	h[0] += last;
	marvin_block(h);
	marvin_block(h);
	return h[0] ^ h[1];
}

/* value of a digit in base 62 (0-9A-Za-z); in bases up to 36 case does not count */
static int
digit_value(char c, unsigned base)
{
	int v = -1;

	if (c >= '0' && c <= '9')
		v = c - '0';
	else if (c >= 'A' && c <= 'Z')
		v = c - 'A' + 10;
	else if (c >= 'a' && c <= 'z')
		v = c - 'a' + (base > 36 ? 36 : 10);
	return v < (int)base ? v : -1;
}

bool
number_read(const char *s, size_t len, unsigned base, uint32_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++) {
		int v = digit_value(s[i], base);

		if (v < 0)
			return false;
		n = n * base + (unsigned)v;
		if (n > UINT32_MAX)
			return false;
	}
	*out = (uint32_t)n;
	return len > 0;
}

long
base32_read(const char *s, size_t len, uint8_t *out, size_t room)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		uint32_t v;

		if (s[i] >= 'A' && s[i] <= 'Z')
			v = (uint32_t)(s[i] - 'A');
		else if (s[i] >= '2' && s[i] <= '7')
			v = (uint32_t)(s[i] - '2') + 26;
		else
			return -1;
		bits = (bits << 5 | v) & 0xfff;
		have += 5;
		if (have < 8)
			continue;
		have -= 8;
		if (n == room)
			return -1;
		out[n++] = (uint8_t)(bits >> have);
	}
	return (long)n;
}

/* out = out * 58 + carry, big endian, using the last *used bytes of room */
static bool
base58_push(uint8_t *out, size_t room, size_t *used, unsigned carry)
{
	for (size_t i = 0; i < *used; i++) {
		uint8_t *byte = &out[room - 1 - i];

		carry += *byte * 58u;
		*byte = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry == 0)
		return true;
	if (*used == room)
		return false;
	out[room - 1 - (*used)++] = (uint8_t)carry;
	return true;
}

long
base58_read(const char *s, size_t len, uint8_t *out, size_t room)
{
	static const char digits[] =
		"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
	size_t used = 0, zeros = 0;

	while (zeros < len && s[zeros] == '1')
		zeros++;
	for (size_t i = zeros; i < len; i++) {
		const char *at = s[i] ? strchr(digits, s[i]) : NULL;

		if (!at || !base58_push(out, room, &used, (unsigned)(at - digits)))
			return -1;
	}
	if (zeros + used > room)
		return -1;
	memmove(out + zeros, out + room - used, used);
	memset(out, 0, zeros);
	return (long)(zeros + used);
}

long
base64_read(const char *s, size_t len, uint8_t *out, size_t room)
{
	size_t n = 0;
	bool url = memchr(s, '-', len) || memchr(s, '_', len);
	const char *end = s;

	while (len > 0 && s[len - 1] == '=')
		len--;
	if (len % 4 == 1)
		return -1;
	/* the tail's spare bits are left to the vendor: cut to whole bytes */
	if (sodium_base642bin(out, room, s, len, NULL, &n, &end, url ?
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING :
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && end == s + len)
		return (long)n;
	if (len % 4 != 0 && len > 4)
		return base64_read(s, len - len % 4, out, room);
	return -1;
}

bool
digits_only(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return len > 0;
}

unsigned
text_variety(const char *s, size_t len)
{
	bool seen[256] = {false};
	unsigned n = 0;

	for (size_t i = 0; i < len; i++) {
		n += !seen[(uint8_t)s[i]];
		seen[(uint8_t)s[i]] = true;
	}
	return n;
}

const char *
text_find(const char *s, size_t len, const char *needle)
{
	size_t n = strlen(needle);
	const char *p;

	while (len >= n && (p = memchr(s, needle[0], len - n + 1)) != NULL) {
		if (memcmp(p, needle, n) == 0)
			return p;
		len -= (size_t)(p + 1 - s);
		s = p + 1;
	}
	return NULL;
}

bool
text_begins(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return len >= n && memcmp(s, prefix, n) == 0;
}
