#include "manifest/judge.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "manifest/entry.h"
#include "manifest/formats.h"
#include "manifest/meaning.h"
#include "manifest/role.h"
#include "match/assign.h"
#include "triage/placeholder.h"
#include "triage/randomness.h"
#include "triage/value.h"
#include "triage/value_name.h"

/* the least and most bytes of what a person chose */
#define CHOSEN_LEAST 5
#define CHOSEN_MOST 64
/* the least of what a `key` may be the key of */
#define KEY_LEAST 8

static const char in_config[] = "a literal in a ConfigMap, where it isn't even kept apart from what is no secret";
static const char in_secret[] = "real data in a Secret's manifest, where it is encoded at most";

static bool
holds(struct bytes b, const char *word)
{
	const size_t n = strlen(word);

	for (size_t i = 0; i + n <= b.len; i++)
		if ((b.at[i] | 32) == (word[0] | 32) && strncasecmp((const char *)b.at + i, word, n) == 0)
			return true;
	return false;
}

bool
judge_harmless(struct bytes name)
{
	static const char *const words[] = { "gpg_key", "gpg-key", "sha256", "sha1", "sha512", "digest", "checksum", "commit", "revision", "fingerprint", "image",
		"_sum", "md5", "resourceversion", "uid", "etag", "containerid", "imageid", "git_ref", "cacheKey", "cache_key", "cache-key", "cabundle", "ca_bundle",
		"existingsecret", "passwordkey", "password-key", "keyring", "usepasswordfile", "base-passwd" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (holds(name, words[i]))
			return true;
	return false;
}

static const char *
rule_of(enum name_kind kind, struct bytes name)
{
	switch (kind) {
	case NAME_PASSWORD:
		return "generic-password";
	case NAME_TOKEN:
		return holds(name, "token") ? "generic-token" : "generic-auth";
	case NAME_ACCESS:
		return "generic-api-key";
	case NAME_KEY:
		return "generic-key";
	case NAME_SALT:
		return "generic-salt";
	case NAME_SECRET:
		return holds(name, "secret") || !holds(name, "credential") ? "generic-secret" : "generic-credential";
	case NAME_OTHER:
	case NAME_HARMLESS:
		break;
	}
	return "generic-secret";
}

/* the name as it would stand in an environment: DB_PASSWORD */
static bool
variable_name(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++)
		if (islower(name.at[i]))
			return false;
	return name.len > 2;
}

/* a name such as secret, whose value is the name of an object of a cluster as often as it is one; or a value that says what it is */
static bool
names_object(struct bytes name, struct bytes v)
{
	static const char *const words[] = { "secret", "token", "cred", "key", "auth", "tls", "cert", "pass", "prod", "dev", "test", "stag", "admin", "user",
		"api", "app", "default", "service", "-sa", "config" };

	if (bytes_equal_nocase(name, bytes_of("secret")) || bytes_equal_nocase(name, bytes_of("secrets")))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (holds(v, words[i]))
			return true;
	return false;
}

/* where a client and a server share one, as FreeRADIUS, strongSwan and Asterisk write it down: no cluster has objects there */
static bool
shared_secret(const struct entry *it)
{
	const struct manifest_format *format = it->place.part ? it->place.part->format : NULL;

	return (format == &format_directives || format == &format_assignments) && bytes_equal(it->name, bytes_of("secret"));
}

/*
 * What a person types for a password, next to a name that asks for one: not
 * one plain word, no path, no sentence. Where the name is less clear, digits
 * must be among it.
 */
static bool
chosen(const struct entry *it, struct bytes v, enum name_kind kind, const struct randomness *r)
{
	const bool shared = shared_secret(it);
	const bool clear = shared || kind == NAME_PASSWORD || it->role & ROLE_SECRET || variable_name(it->name) || !names_object(it->name, v);

	if (v.len < CHOSEN_LEAST || v.len > CHOSEN_MOST || memchr(v.at, ' ', v.len) || bytes_find(v, bytes_of("://")) < v.len || v.at[0] == '/')
		return false;
	if (kind == NAME_KEY || kind == NAME_SALT || kind == NAME_OTHER || !clear)
		return false;
	if (kind == NAME_PASSWORD || shared)
		return r->digits > 0 || r->others > 0 || (r->letters > 9 && r->words < 0.9);
	return r->digits > (v.len < 8) && r->letters > 3 && v.len >= 7;
}

/* in a Secret everything is meant to be one: what looks random there is, whatever its key */
static bool
secret_entry(const struct entry *it, struct bytes v, const struct randomness *r)
{
	return it->role & ROLE_SECRET && v.len >= 12 && v.len <= 512 && !memchr(v.at, ' ', v.len) && !memchr(v.at, '\n', v.len) &&
	    randomness_probability(r) >= 0.9 && r->likelihood > 16;
}

/* an Authorization's scheme, OpenSSL's pass: */
static struct bytes
bare_value(struct bytes v)
{
	static const char *const before[] = { "Basic ", "Bearer ", "Token ", "ApiKey ", "basic ", "bearer ", "token ", "pass:", "Splunk ", "GenieKey " };

	for (size_t i = 0; i < sizeof before / sizeof before[0]; i++)
		if (bytes_starts(v, before[i]) && v.len > strlen(before[i]))
			return bytes_cut(v, strlen(before[i]), v.len);
	return v;
}

static bool
drop(struct judged *out, enum verdict verdict, const char *why)
{
	out->verdict = verdict;
	out->why = why;
	return true;
}

static void
keep(struct judged *out, enum confidence confidence, unsigned evidence, const char *why, unsigned role)
{
	out->verdict = VERDICT_KEEP;
	out->confidence = confidence;
	out->evidence = evidence;
	out->why = role & ROLE_CONFIG ? in_config : role & ROLE_SECRET ? in_secret : why;
}

static bool
weigh(const struct entry *it, struct bytes v, enum name_kind kind, const char *file, struct judged *out)
{
	/* secret_id is one, though its last word says otherwise */
	const struct bytes name = kind == NAME_SECRET && value_name(it->name) == NAME_HARMLESS ? bytes_of("secret") : it->name;
	struct assign a = { .name = name, .syntax = it->option ? ASSIGN_OPTION : ASSIGN_COLON, .count = 1 };
	struct judgement j;
	struct randomness r;
	unsigned evidence;

	a.values[0] = (struct assign_value){ .text = v, .quote = '"', .whole = true, .direct = true };
	if (v.len < (kind == NAME_KEY || kind == NAME_SALT ? KEY_LEAST : CHOSEN_LEAST - 1))
		return drop(out, VERDICT_NOT_SECRET, "too short");
	if (kind != NAME_OTHER) {
		value_judge(&a, 0, file, &j);
		if (!j.keep && j.probability == 0)      /* refused before it was weighed */
			return drop(out, VERDICT_NOT_SECRET, j.why);
	}
	randomness_of(v, &r);
	out->entropy = r.entropy;
	evidence = EVIDENCE_ASSIGNMENT | (randomness_probability(&r) >= 0.6 ? EVIDENCE_RANDOMNESS : 0);
	if (kind == NAME_OTHER) {
		if (!secret_entry(it, v, &r) || placeholder_value(v))
			return drop(out, VERDICT_NOT_SECRET, "its name promises nothing");
		keep(out, CONFIDENCE_LIKELY, EVIDENCE_RANDOMNESS, in_secret, it->role);
		return true;
	}
	if (j.keep && j.confidence >= CONFIDENCE_LIKELY)
		keep(out, j.confidence, j.evidence, j.why, it->role);
	else if (chosen(it, v, kind, &r) || secret_entry(it, v, &r))
		keep(out, CONFIDENCE_LIKELY, evidence, "assigned to a telling name", it->role);
	else if (j.keep)
		keep(out, j.confidence, j.evidence, j.why, it->role);
	else
		return drop(out, VERDICT_NOT_SECRET, j.why);
	return true;
}

bool
judge_entry(const struct entry *it, const char *file, const char **rule, struct bytes *secret, struct judged *out)
{
	enum name_kind kind = value_name(it->name);
	struct bytes v = it->value;
	const char *why;

	*out = (struct judged){ .verdict = VERDICT_KEEP };
	*secret = v;
	if (bytes_equal_nocase(it->name, bytes_of("secret_id")) || bytes_equal_nocase(it->name, bytes_of("secretId")))
		kind = NAME_SECRET;     /* of Vault's AppRole */
	if (kind == NAME_HARMLESS || (kind == NAME_OTHER && !(it->role & ROLE_SECRET)))
		return false;
	*rule = rule_of(kind, it->name);
	if (it->role & ROLE_SAFE)
		return drop(out, VERDICT_NOT_SECRET, "sealed already");
	if (it->role & (ROLE_REFERENCE | ROLE_SCHEMA))
		return drop(out, VERDICT_NOT_SECRET, "it names what holds the secret");
	if (judge_harmless(it->name))
		return drop(out, VERDICT_NOT_SECRET, "its name speaks of something else");
	if (meaning_of(v, &why) != MEANING_LITERAL && !meaning_default(v, &v))
		return drop(out, VERDICT_NOT_SECRET, why);
	v = *secret = bare_value(v);
	if (meaning_of(v, &why) != MEANING_LITERAL)
		return drop(out, VERDICT_NOT_SECRET, why);
	return weigh(it, v, kind, file, out);
}
