#include "image/digest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void
digest_init(struct digest *d, const char *like)
{
	d->sha512 = like && strncmp(like, "sha512:", 7) == 0;
	if (d->sha512)
		sha512_init(&d->large);
	else
		sha256_init(&d->small);
}

void
digest_add(struct digest *d, struct bytes b)
{
	if (d->sha512)
		sha512_update(&d->large, b.len, b.at);
	else
		sha256_update(&d->small, b.len, b.at);
}

void
digest_end(struct digest *d, char text[static DIGEST_TEXT])
{
	uint8_t raw[SHA512_DIGEST_SIZE];
	const size_t n = d->sha512 ? SHA512_DIGEST_SIZE : SHA256_DIGEST_SIZE;

	if (d->sha512)
		sha512_digest(&d->large, n, raw);
	else
		sha256_digest(&d->small, n, raw);
	memcpy(text, d->sha512 ? "sha512:" : "sha256:", 8);
	for (size_t i = 0; i < n; i++)
		snprintf(text + 7 + 2 * i, 3, "%02x", raw[i]);
}

bool
digest_valid(const char *text)
{
	const bool large = strncmp(text, "sha512:", 7) == 0;

	if (!large && strncmp(text, "sha256:", 7) != 0)
		return false;
	return strspn(text + 7, "0123456789abcdef") == (large ? 128 : 64) && text[7 + (large ? 128 : 64)] == 0;
}

bool
digest_fits(struct bytes text, const char *digest)
{
	char own[DIGEST_TEXT];
	struct digest d;

	digest_init(&d, digest);
	digest_add(&d, text);
	digest_end(&d, own);
	return strcmp(own, digest) == 0;
}
