#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "triage/checksum_code.h"
#include "triage/checksum_kinds.h"

static enum checksum
say(enum checksum verdict, const char **about, const char *why)
{
	*about = why;
	return verdict;
}

/* parses text as a JSON object; NULL when it isn't one. Our json_decref. */
static json_t *
object_parse(const char *text, size_t len)
{
	json_error_t ignored;
	json_t *value = json_loadb(text, len, 0, &ignored);

	if (json_is_object(value))
		return value;
	json_decref(value);
	return NULL;
}

/* decodes base64 into a JSON object; NULL when it isn't one. Our json_decref.
 * has (may be NULL) asks whether hint stands in what was decoded. */
static json_t *
object_decode_hint(const char *s, size_t len, const char *hint, bool *has)
{
	size_t room = len / 4 * 3 + 3;
	uint8_t *raw = malloc(room);
	json_t *object = NULL;
	long n;

	if (!raw)
		return NULL;
	n = base64_read(s, len, raw, room);
	if (n > 0)
		object = object_parse((char *)raw, (size_t)n);
	if (has)
		*has = n > 0 && text_find((char *)raw, (size_t)n, hint);
	sodium_memzero(raw, room);
	free(raw);
	return object;
}

static json_t *
object_decode(const char *s, size_t len)
{
	return object_decode_hint(s, len, "", NULL);
}

static const char *
text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

/* the parts of a JWT: claims is NULL when encrypted or not JSON */
struct jwt {
	json_t *header, *claims;
	size_t parts;
	size_t signature;       /* length of the last part */
};

static void
jwt_read(struct jwt *jwt, const char *s, size_t len)
{
	const char *part[5];
	size_t size[5];

	*jwt = (struct jwt){0};
	for (;;) {
		const char *dot = memchr(s, '.', len);

		if (jwt->parts == 5)
			return;
		part[jwt->parts] = s;
		size[jwt->parts] = dot ? (size_t)(dot - s) : len;
		jwt->signature = size[jwt->parts++];
		if (!dot)
			break;
		len -= (size_t)(dot + 1 - s);
		s = dot + 1;
	}
	jwt->header = object_decode(part[0], size[0]);
	if (jwt->parts == 2 || jwt->parts == 3)
		jwt->claims = object_decode(part[1], size[1]);
}

static void
jwt_free(struct jwt *jwt)
{
	json_decref(jwt->header);
	json_decref(jwt->claims);
}

static enum checksum
jwt_verdict(const struct jwt *jwt, const char **about)
{
	const char *alg = text_of(jwt->header, "alg");

	if (!alg)
		return say(CHECKSUM_NONE, about, "its header is not that of a JWT");
	if (jwt->parts == 5)
		return say(CHECKSUM_STRUCTURE, about, "an encrypted JWT");
	if (!jwt->claims)
		return say(CHECKSUM_NONE, about, "a JWT's header, but its claims do not parse");
	if (jwt->signature == 0 || strcmp(alg, "none") == 0)
		return say(CHECKSUM_STRUCTURE, about, "a JWT without a signature");
	if (text_of(jwt->claims, "refresh_token") || text_of(jwt->claims, "typ"))
		return say(CHECKSUM_STRUCTURE, about, "header and claims of a typed JWT parse");
	return say(CHECKSUM_STRUCTURE, about, "header and claims of the JWT parse");
}

enum checksum
judge_jwt(const char *s, size_t len, const char **about)
{
	struct jwt jwt;
	enum checksum verdict;

	jwt_read(&jwt, s, len);
	verdict = jwt_verdict(&jwt, about);
	jwt_free(&jwt);
	return verdict;
}

enum checksum
judge_jwt_kubernetes(const char *s, size_t len, const char **about)
{
	enum checksum verdict = CHECKSUM_INVALID;
	const char *issuer, *subject;
	struct jwt jwt;

	*about = "not a Kubernetes service account's JWT";
	jwt_read(&jwt, s, len);
	issuer = text_of(jwt.claims, "iss");
	subject = text_of(jwt.claims, "sub");
	if (issuer && strcmp(issuer, "kubernetes/serviceaccount") == 0)
		verdict = say(CHECKSUM_STRUCTURE, about, "a service account token that never expires");
	else if (subject && strncmp(subject, "system:serviceaccount:", 22) == 0)
		verdict = say(CHECKSUM_STRUCTURE, about, "a Kubernetes service account token");
	jwt_free(&jwt);
	return verdict;
}

enum checksum
judge_jwt_supabase(const char *s, size_t len, const char **about)
{
	enum checksum verdict = CHECKSUM_INVALID;
	const char *role;
	struct jwt jwt;

	*about = "not a JWT of Supabase's service role";
	jwt_read(&jwt, s, len);
	role = text_of(jwt.claims, "role");
	if (role && strcmp(role, "service_role") == 0)
		verdict = say(CHECKSUM_STRUCTURE, about, "a JWT with Supabase's service role");
	else if (role && strcmp(role, "anon") == 0)
		*about = "Supabase's anonymous role, made to be published";
	jwt_free(&jwt);
	return verdict;
}

enum checksum
judge_jwk(const char *s, size_t len, const char **about)
{
	json_t *key = object_parse(s, len);
	enum checksum verdict = CHECKSUM_INVALID;
	const char *type = text_of(key, "kty");

	if (!key) {
		verdict = say(CHECKSUM_NONE, about, "not a JSON object of its own");
	} else if (!type) {
		*about = "a JSON object, but no key";
	} else if (strcmp(type, "oct") == 0 && text_of(key, "k")) {
		verdict = say(CHECKSUM_STRUCTURE, about, "a symmetric JSON Web Key");
	} else if (text_of(key, "d")) {
		verdict = say(CHECKSUM_STRUCTURE, about, "a private JSON Web Key");
	} else {
		*about = "a public JSON Web Key";
	}
	json_decref(key);
	return verdict;
}

enum checksum
judge_grafana_key(const char *s, size_t len, const char **about)
{
	size_t prefix = text_begins(s, len, "glc_") ? 4 : 0;
	bool named = false;
	json_t *object = object_decode_hint(s + prefix, len - prefix, "\"n\":", &named);
	enum checksum verdict = CHECKSUM_INVALID;
	const char *key = text_of(object, "k");

	/* other makers begin their JSON with "k" too, but have no "n" */
	*about = "JSON inside, but not Grafana's";
	if (!object && (named || prefix > 0))
		verdict = say(CHECKSUM_NONE, about, "the JSON inside does not parse");
	else if (key && strstr(key, "EXAMPLE"))
		*about = "Grafana's JSON with an example's key";
	else if (key && text_of(object, "n"))
		verdict = say(CHECKSUM_STRUCTURE, about, "Grafana's JSON is inside");
	json_decref(object);
	return verdict;
}

enum checksum
judge_sentry(const char *s, size_t len, const char **about)
{
	size_t prefix = strlen("sntrys_");
	enum checksum verdict = CHECKSUM_NONE;
	size_t end = len;
	json_t *object;

	while (end > prefix && s[end - 1] != '_')
		end--;
	if (!text_begins(s, len, "sntrys_") || end <= prefix + 1)
		return say(CHECKSUM_NONE, about, "not an organization token");
	object = object_decode(s + prefix, end - 1 - prefix);
	if (!object)
		*about = "the JSON inside does not parse";
	else if (json_object_get(object, "iat"))
		verdict = say(CHECKSUM_STRUCTURE, about, "Sentry's JSON is inside");
	else
		verdict = say(CHECKSUM_INVALID, about, "JSON inside, but not Sentry's");
	json_decref(object);
	return verdict;
}

enum checksum
judge_onepassword(const char *s, size_t len, const char **about)
{
	enum checksum verdict = CHECKSUM_NONE;
	json_t *object;

	if (!text_begins(s, len, "ops_"))
		return say(CHECKSUM_NONE, about, "not a service account token");
	object = object_decode(s + 4, len - 4);
	if (!object)
		*about = "the JSON inside does not parse";
	else if (text_of(object, "signInAddress") || json_object_get(object, "muk"))
		verdict = say(CHECKSUM_STRUCTURE, about, "1Password's JSON is inside");
	else
		verdict = say(CHECKSUM_INVALID, about, "JSON inside, but not 1Password's");
	json_decref(object);
	return verdict;
}

enum checksum
judge_mapbox(const char *s, size_t len, const char **about)
{
	const char *end = len > 3 ? memchr(s + 3, '.', len - 3) : NULL;
	enum checksum verdict = CHECKSUM_NONE;
	json_t *object;

	if (!end)
		return say(CHECKSUM_NONE, about, "not in three parts");
	object = object_decode(s + 3, (size_t)(end - s - 3));
	if (!object)
		*about = "the JSON inside does not parse";
	else if (text_of(object, "u"))
		verdict = say(CHECKSUM_STRUCTURE, about, "Mapbox's JSON is inside");
	else
		verdict = say(CHECKSUM_INVALID, about, "JSON inside, but not Mapbox's");
	json_decref(object);
	return verdict;
}

/* whether all bytes may stand in a user's name or password */
static bool
printable(const uint8_t *raw, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (raw[i] < ' ' || raw[i] == 0x7f)
			return false;
	return true;
}

static bool
known_example(const char *s, size_t len)
{
	static const char *const pairs[] = {
		"user:password", "user:pass", "username:password", "foo:bar",
		"your_username:your_password",
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (strlen(pairs[i]) == len && memcmp(pairs[i], s, len) == 0)
			return true;
	return false;
}

enum checksum
judge_basic(const char *s, size_t len, const char **about)
{
	uint8_t raw[3072];
	long n = len <= 4096 ? base64_read(s, len, raw, sizeof raw) : -1;
	enum checksum verdict = CHECKSUM_INVALID;
	const uint8_t *colon;

	*about = "does not decode to a user and password";
	if (n < 3)
		return verdict;
	colon = memchr(raw, ':', (size_t)n);
	if (colon && known_example((char *)raw, (size_t)n))
		*about = "decodes to an example's user and password";
	else if (colon && !printable(raw, (size_t)n))
		verdict = say(CHECKSUM_NONE, about, "decodes to more than printable text");
	else if (colon == raw + n - 1)
		verdict = say(CHECKSUM_STRUCTURE, about, "decodes to a user without a password");
	else if (colon)
		verdict = say(CHECKSUM_STRUCTURE, about, "decodes to user:password");
	sodium_memzero(raw, sizeof raw);
	return verdict;
}

enum checksum
judge_service_account(const char *s, size_t len, const char **about)
{
	enum checksum verdict = CHECKSUM_NONE;
	const char *type, *key;
	json_t *object;

	while (len > 0 && s[0] != '{') {
		s++;
		len--;
	}
	object = object_parse(s, len);
	type = text_of(object, "type");
	key = text_of(object, "private_key");
	if (!object)
		*about = "not a JSON object of its own";
	else if (!type || strcmp(type, "service_account") != 0 || !key)
		verdict = say(CHECKSUM_INVALID, about, "not a service account key");
	else if (!strstr(key, "PRIVATE KEY"))
		verdict = say(CHECKSUM_INVALID, about, "a service account without its key");
	else
		verdict = say(CHECKSUM_STRUCTURE, about, "a whole service account key");
	json_decref(object);
	return verdict;
}
