/* value_name.c: splits names into words and looks them up. */
#include "triage/value_name.h"

#include <string.h>

#define WORDS 12
#define WORD 24

/* The words of a name in lower case, the last ones of many. */
struct words {
	char word[WORDS][WORD];
	size_t count;
};

/* what a secret's name doesn't end in */
static const char *const last_harmless[] = {
	"file", "filename", "files", "path", "dir", "url", "uri", "urls", "endpoint", "name", "names", "id", "ids", "type", "types",
	"length", "len", "size", "bits", "field", "fields", "label", "labels", "placeholder", "hint", "prompt", "policy", "expires", "expiry",
	"expiration", "expire", "ttl", "timeout", "count", "format", "pattern", "regex", "rule", "rules", "error", "errors",
	"message", "msg", "title", "text", "description", "desc", "help", "class", "style", "input", "form", "page", "view",
	"controller", "service", "manager", "provider", "store", "host", "port", "region", "version", "algorithm", "algo",
	"alg", "method", "mode", "enabled", "required", "prefix", "suffix", "header", "headers", "param", "params", "parameter", "index",
	"column", "table", "attr", "attribute", "attributes", "usage", "button", "link", "icon", "event", "handler", "callback", "strength",
	"min", "max", "ref", "ring", "board", "word", "words", "stroke", "map", "var", "variable", "env", "exception", "encoder", "encoding",
	"hasher", "validator", "validators", "generator", "factory", "builder", "client", "server", "request", "response", "scheme", "schema",
	"scope", "scopes", "issuer", "audience", "realm", "domain", "user", "username", "email", "role", "option", "options",
	"flag", "test", "tests", "spec", "location", "source", "namespace", "kind", "status", "state", "level", "limit", "lifetime",
	"duration", "age", "date", "time", "timestamp", "at", "position", "separator", "delimiter", "template", "plugin", "module",
	"modules", "backend", "driver", "engine", "info", "details", "config", "settings", "selector", "list", "usages", "frame",
	"keyword", "tokenizer", "tokenize", "stream", "loc", "range", "image", "volume", "mount", "hash", "hashed", "hashes", "digest", "signature", "iterations", "md", "sha", "cipher",
	"characters", "chars", "charset", "re", "pat", "rfc", "iter", "rounds", "minipass", "guid", "uuid", "validity", "expired", "created", "updated", "reviewers", "approvers", "maintainers", "members", "authenticators", "authorizers", "group", "groups", "team", "contributors", "changed", "used", "owner", "libs", "cflags", "ldflags", "encryption", "requirements", "brush", "color",
	"supported", "accessor", "accessors", "disabled", "decrypt", "authtype", "keyids",
};

/* words that make a key, token or pass something else wherever they stand */
static const char *const any_harmless[] = {
	"public", "primary", "foreign", "partition", "sort", "keyboard", "keyword", "keywords", "author", "authored", "authors", "xauth", "xauthority", "authority", "tokenizer",
	"tokenization", "passport", "passive", "bypass", "compass", "passenger", "passage", "passes", "passed", "passing", "hotkey",
	"keyframes", "keystroke", "keycode", "keydown", "keyup", "keypress", "monkey", "donkey", "turkey", "secretary", "pubkey",
	"passthrough", "passthru", "pwdown", "pwdn", "passport", "tokenised", "fingerprint", "checksum", "integrity", "keyid", "keyowner", "pagination", "paginator", "continuation", "cursor", "keytype", "keysize",
	"i18n", "accesskey-hint", "maxtokens", "glyph", "shortcut", "fallback", "publickey", "routing", "idempotency", "authenticity", "keystone", "keystoneng",
};

static const char *const paging[] = {"next", "page", "paging", "continue", "resume", "sync", "output", "input", "start", "marker"};
static const char *const of_maps[] = {"result", "sort", "group", "cache", "dict", "map", "range", "lookup", "join", "index", "row", "attribute", "tag", "label",
	"annotation", "config", "setting", "option", "param", "env", "lift", "item", "data", "context", "state", "query", "field", "header", "registry", "event", "socket"};

static const char *const tests[] = {
	"test", "tests", "fake", "dummy", "mock", "invalid", "wrong", "bad", "incorrect", "expected", "example", "sample", "default", "expect",
};

static const char *const asks[] = {
	"get", "has", "is", "check", "find", "read", "load", "query", "select", "on", "remove", "delete", "validate", "parse", "encode",
	"decode", "ask", "prompt", "contains", "show", "hide", "reset", "require", "by", "log", "handle", "render", "lookup", "fetch",
};

static bool
listed(const char *word, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (word[0] == list[i][0] && strcmp(word, list[i]) == 0)
			return true;
	return false;
}

#define LISTED(word, list) listed(word, list, sizeof list / sizeof *list)

static bool
upper(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
letter(uint8_t c)
{
	return upper(c) || (c >= 'a' && c <= 'z');
}

/* whether a word begins at name[i], as in fooBar, foo_bar, HTTPServer */
static bool
begins(struct bytes name, size_t i)
{
	if (i == 0 || !letter(name.at[i - 1]))
		return true;
	if (!upper(name.at[i]))
		return false;
	return !upper(name.at[i - 1]) || (i + 1 < name.len && letter(name.at[i + 1]) && !upper(name.at[i + 1]));
}

static void
split(struct bytes name, struct words *out)
{
	size_t used = 0;

	out->count = 0;
	if (name.len > 96)
		name = bytes_cut(name, name.len - 96, name.len);
	for (size_t i = 0; i < name.len; i++) {
		if (!letter(name.at[i]))
			continue;
		if (begins(name, i)) {
			if (out->count == WORDS) {
				memmove(out->word[0], out->word[1], sizeof out->word[0] * (WORDS - 1));
				out->count--;
			}
			memset(out->word[out->count++], 0, WORD);
			used = 0;
		}
		if (used < WORD - 1)
			out->word[out->count - 1][used++] = (char)(name.at[i] | 32);
	}
}

/* Any of the words holds the part. */
static bool
holds(const struct words *w, const char *part)
{
	for (size_t i = 0; i < w->count; i++)
		if (strstr(w->word[i], part) != NULL)
			return true;
	return false;
}

static bool
has(const struct words *w, const char *word)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->word[i], word) == 0)
			return true;
	return false;
}

static bool
harmless(const struct words *w)
{
	const char *last;

	if (w->count == 0)
		return true;
	last = w->word[w->count - 1];
	if (LISTED(last, last_harmless))
		return true;
	for (size_t i = 0; i < w->count; i++)
		if (LISTED(w->word[i], any_harmless))
			return true;
	/* next_token, result_key: of pages, not of doors */
	if (w->count > 1 && strcmp(last, "token") == 0 && LISTED(w->word[w->count - 2], paging))
		return true;
	if (w->count > 1 && strcmp(last, "key") == 0 && LISTED(w->word[w->count - 2], of_maps))
		return true;
	/* max_tokens, num_keys, no_auth */
	return w->count > 1 && (strcmp(w->word[0], "max") == 0 || strcmp(w->word[0], "min") == 0 || strcmp(w->word[0], "num") == 0);
}

static bool
ends_in(const struct words *w, const char *tail, size_t least)
{
	const char *last = w->count > 0 ? w->word[w->count - 1] : "";
	const size_t n = strlen(last), m = strlen(tail);

	return n >= least && n >= m && strcmp(last + n - m, tail) == 0;
}

static bool
password(const struct words *w)
{
	return holds(w, "password") || holds(w, "passwd") || holds(w, "passphrase") || holds(w, "passcode") || holds(w, "pwd") || has(w, "pass") || has(w, "pw") ||
	    has(w, "passw") || has(w, "psw") || has(w, "pword") || ends_in(w, "pass", 6) || (w->count > 0 && strcmp(w->word[w->count - 1], "psk") == 0) ||
	    ends_in(w, "bindpw", 6) || ends_in(w, "rootpw", 6);
}

static bool
access_key(const struct words *w)
{
	static const char *const before[] = {"api", "access", "account", "app", "application", "client", "auth", "service", "signing", "encryption",
		"master", "license", "storage", "shared", "consumer", "subscription", "deploy", "write", "ingest", "admin", "crypt", "aes", "hmac"};

	if (holds(w, "apikey") || holds(w, "accesskey") || holds(w, "appkey"))
		return true;
	for (size_t i = 1; i < w->count; i++)
		if (strcmp(w->word[i], "key") == 0 && LISTED(w->word[i - 1], before))
			return true;
	return false;
}

/* a word that begins or ends with key: keystore, sshkey, but not mickeyboxell */
static bool
key_word(const struct words *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const size_t n = strlen(w->word[i]);

		if (strncmp(w->word[i], "key", 3) == 0 || (n > 3 && (strcmp(w->word[i] + n - 3, "key") == 0 || strcmp(w->word[i] + n - 4, "keys") == 0)))
			return true;
	}
	return false;
}

enum name_kind
value_name(struct bytes name)
{
	struct words w;

	split(name, &w);
	if (harmless(&w))
		return NAME_HARMLESS;
	if (password(&w))
		return NAME_PASSWORD;
	if (holds(&w, "secret") || holds(&w, "private") || holds(&w, "credential") || has(&w, "cred") || has(&w, "creds"))
		return NAME_SECRET;
	if (access_key(&w))
		return NAME_ACCESS;
	if (holds(&w, "token") || holds(&w, "auth") || has(&w, "session") || has(&w, "jwt") || has(&w, "bearer"))
		return NAME_TOKEN;
	if (has(&w, "salt") || has(&w, "nonce"))
		return NAME_SALT;
	return key_word(&w) ? NAME_KEY : NAME_OTHER;
}

const char *
value_name_phrase(enum name_kind kind)
{
	static const char *const phrases[] = {
		[NAME_OTHER] = "a telling name", [NAME_PASSWORD] = "a password's name", [NAME_SECRET] = "a secret's name",
		[NAME_TOKEN] = "a token's name", [NAME_ACCESS] = "an access key's name", [NAME_KEY] = "a key's name",
		[NAME_SALT] = "a salt's name", [NAME_HARMLESS] = "a name that holds no secret",
	};
	return phrases[kind];
}

bool
value_name_has(struct bytes name, const char *const *list)
{
	struct words w;

	split(name, &w);
	for (; *list; list++)
		if (has(&w, *list))
			return true;
	return false;
}

bool
value_name_test(struct bytes name)
{
	struct words w;

	split(name, &w);
	for (size_t i = 0; i < w.count; i++)
		if (LISTED(w.word[i], tests))
			return true;
	return false;
}

bool
value_name_asks(struct bytes name)
{
	struct words w;

	split(name, &w);
	return w.count > 0 && (LISTED(w.word[0], asks) || holds(&w, "valid"));
}
