/*
 * forge.c: makes sealed secrets for the tests of delivery.
 *
 *   forge DIR COUNT SIZE EPOCH [name=VALUE|file=NAME:PATH|mode=0440|expires=SECONDS|drop=NAME|not-after=DATE]...
 *
 * DIR/keys keeps identity and signer from one call to the next; DIR/sealed gets
 * the files and the set, DIR/trust the signers, DIR/plain the values; the pin
 * goes to standard output. Values are random, from libsodium.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#define MOST 1024
#define SCOPE "prod/payments/api"

static struct error err;
static char names[MOST][64];
static struct seal_file files[MOST];
static uint8_t recipient[SEAL_KEY_BYTES], identity[SEAL_KEY_BYTES], signer[SEAL_KEY_BYTES], verifier[SEAL_KEY_BYTES];

static void
die(const char *what)
{
	fprintf(stderr, "forge: %s: %s\n", what, err.text);
	exit(1);
}

static void
put(const char *path, const void *data, size_t len, mode_t mode)
{
	FILE *f;

	unlink(path);
	f = fopen(path, "wb");
	if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0 || chmod(path, mode) < 0) {
		perror(path);
		exit(1);
	}
}

static size_t
get(const char *path, char *to, size_t max)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		return 0;
	n = fread(to, 1, max, f);
	fclose(f);
	return n;
}

static void
key(const char *path, enum seal_key_kind kind, uint8_t *to)
{
	char text[SEAL_KEY_TEXT_MAX];
	size_t n = get(path, text, sizeof text);

	if (n && seal_key_parse(kind, text, n, to, &err) == SEAL_OK)
		return;
	seal_key_random(kind, to);
	seal_key_format(kind, to, text);
	strcat(text, "\n");
	put(path, text, strlen(text), 0400);
}

int
main(int argc, char **argv)
{
	unsigned count, size, mode = 0400;
	int64_t expires = SEAL_NEVER;
	const char *until = "";
	char path[512], text[512], pin[SEAL_PIN_TEXT_MAX], *set;
	uint64_t epoch;
	struct seal_set parsed;
	size_t len;

	if (argc < 5 || seal_init() < 0)
		return 2;
	count = (unsigned)atoi(argv[2]);
	size = (unsigned)atoi(argv[3]);
	epoch = (uint64_t)atoll(argv[4]);
	const char *const folders[] = { "", "/keys", "/sealed", "/trust", "/plain" };
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(path, sizeof path, "%s%s", argv[1], folders[i]);
		mkdir(path, 0755);
	}
	snprintf(path, sizeof path, "rm -f '%s'/sealed/*.sealed '%s'/plain/*", argv[1], argv[1]);
	if (system(path) != 0)
		return 1;
	snprintf(path, sizeof path, "%s/keys/identity", argv[1]);
	key(path, SEAL_KEY_IDENTITY, identity);
	snprintf(path, sizeof path, "%s/keys/signer", argv[1]);
	key(path, SEAL_KEY_SIGNER, signer);
	seal_key_public(SEAL_KEY_IDENTITY, identity, recipient);
	seal_key_public(SEAL_KEY_SIGNER, signer, verifier);
	for (int i = 5; i < argc; i++) {
		if (strncmp(argv[i], "mode=", 5) == 0)
			mode = (unsigned)strtoul(argv[i] + 5, NULL, 8);
		else if (strncmp(argv[i], "expires=", 8) == 0)
			expires = time(NULL) + atoll(argv[i] + 8);
		else if (strncmp(argv[i], "not-after=", 10) == 0)
			until = argv[i];
	}
	for (unsigned i = 0; i < count; i++) {
		struct seal_header h = { .scope = "prod/payments/*", .version = epoch, .expires = expires, .mode = mode };
		uint8_t *value = malloc(size + 1);
		char *sealed;

		/* the last one turns up in one generation only, so that names come and go */
		snprintf(names[i], sizeof names[i], i == 0 ? "db/password" : i + 1 == count ? "only-%llu/x" : i % 2 ? "tls/key-%03llu" : "token-%03llu",
			i + 1 == count ? (unsigned long long)epoch : (unsigned long long)i);
		strcpy(h.name, names[i]);
		/* a value says which generation it is of, then is printable and random */
		for (unsigned k = 0; k < size; k++)
			value[k] = (uint8_t)("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"[randombytes_uniform(64)]);
		if (size >= 12) {
			char head[16];

			snprintf(head, sizeof head, "E%07llu:", (unsigned long long)epoch);
			memcpy(value, head, 9);
			value[size - 1] = '\n';
		}
		for (int a = 5; a < argc; a++)
			if (i == 0 && strncmp(argv[a], "value=", 6) == 0) {
				size = (unsigned)strlen(argv[a] + 6);
				value = realloc(value, size + 1);
				memcpy(value, argv[a] + 6, size);
			}
		if (seal_make(&h, recipient, 1, signer, value, size, &sealed, &len, &err) != SEAL_OK)
			die("seal");
		if (seal_file_parse(sealed, len, &files[i], &err) != SEAL_OK)
			die("parse");
		snprintf(path, sizeof path, "%s/sealed/%03u.sealed", argv[1], i);
		put(path, sealed, len, 0644);
		for (char *c = strcpy(text, names[i]); *c; c++)
			if (*c == '/')
				*c = '!';
		snprintf(path, sizeof path, "%s/plain/%.60s", argv[1], text);
		put(path, value, size, 0600);
		free(value);
	}
	if (seal_set_make(SCOPE, epoch, expires, files, count, NULL, NULL, signer, &set, &len, &err) != SEAL_OK)
		die("set");
	snprintf(path, sizeof path, "%s/sealed/stanch.set", argv[1]);
	put(path, set, len, 0644);
	if (seal_set_parse(set, len, &parsed, &err) != SEAL_OK)
		die("parse set");
	seal_set_pin_format(parsed.pin, pin);
	sodium_bin2base64(path, sizeof path, verifier, sizeof verifier, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	len = (size_t)snprintf(text, sizeof text, "ed25519 %.43s scope=prod/payments/* name=** may=seal,set%s%s # of the tests\n", path, *until ? " " : "", until);
	snprintf(path, sizeof path, "%s/trust/signers", argv[1]);
	put(path, text, len, 0644);
	puts(pin);
	return 0;
}
