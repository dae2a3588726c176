/*
 * features: what the judge sees of every candidate in the files named on stdin,
 * one JSON object a line, as fit.py reads it. Built by `make build/judge-features`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bytes.h"
#include "match/assign.h"
#include "triage/value.h"

static const char *const words[] = { "pass", "pwd", "secret", "token", "apikey", "api_key", "api-key", "key", "credential", "auth", "salt", "nonce" };

static void
put_json(struct bytes b)
{
	putchar('"');
	for (size_t i = 0; i < b.len; i++)
		if (b.at[i] < 32 || b.at[i] > 126 || b.at[i] == '"' || b.at[i] == '\\')
			printf("\\u%04x", b.at[i]);
		else
			putchar(b.at[i]);
	putchar('"');
}

static void
put(const struct assign *a, size_t i, const char *path, struct bytes text)
{
	double f[VALUE_FEATURES];
	size_t line = 1;

	value_features(a, i, path, f);
	for (const uint8_t *p = text.at; p < a->values[i].text.at; p++)
		line += *p == '\n';
	printf("{\"file\":");
	put_json(bytes_of(path));
	printf(",\"line\":%zu,\"name\":", line);
	put_json(a->name);
	printf(",\"secret\":");
	put_json(a->values[i].text);
	printf(",\"f\":[");
	for (size_t k = 0; k < VALUE_FEATURES; k++)
		printf("%s%.4g", k ? "," : "", f[k]);
	puts("]}");
}

static void
scan(const char *path, struct bytes text)
{
	const uint8_t *last[64] = { 0 };
	size_t seen = 0;

	for (size_t at = 0; at < text.len; at++)
		for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
			const size_t n = strlen(words[w]);
			struct assign a;

			if (at + n > text.len || strncasecmp((const char *)text.at + at, words[w], n) != 0 || !assign_parse(text, at, n, &a))
				continue;
			for (size_t i = 0; i < a.count; i++) {
				bool again = false;

				for (size_t k = 0; k < 64; k++)
					again = again || last[k] == a.values[i].text.at;
				if (!again && !value_refuse(&a, i, path))
					put(&a, i, path, text);
				if (!again)
					last[seen++ % 64] = a.values[i].text.at;
			}
		}
}

int
main(void)
{
	static char path[4096];
	static uint8_t text[4 << 20];

	while (fgets(path, sizeof path, stdin)) {
		FILE *in;
		size_t len;

		path[strcspn(path, "\n")] = 0;
		in = fopen(path, "rb");
		if (!in)
			continue;
		len = fread(text, 1, sizeof text, in);
		fclose(in);
		if (!memchr(text, 0, len < 1024 ? len : 1024))
			scan(path, (struct bytes){ text, len });
	}
	return 0;
}
