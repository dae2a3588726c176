/* Kubernetes Secrets, as YAML or JSON, one or several in a file. */
#include <libfyaml.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/document.h"
#include "base/secret.h"
#include "commands/keyring.h"
#include "commands/values.h"

#define MANIFEST_MAX ((size_t)4 << 20)

/* A manifest's reading. */
struct reading {
	struct vault *v;
	values_call call;
	void *arg;
	size_t found;
};

static const char *
scalar(struct fy_node *map, const char *key, size_t *len)
{
	struct fy_node *n = map && fy_node_is_mapping(map) ? fy_node_mapping_lookup_by_string(map, key, strlen(key)) : NULL;

	return n && fy_node_is_scalar(n) && !fy_node_is_alias(n) ? fy_node_get_scalar(n, len) : NULL;
}

static bool
is_word(const char *text, size_t len, const char *word)
{
	return text && len == strlen(word) && memcmp(text, word, len) == 0;
}

static bool
is_ascii(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] >= 0x80)
			return false;
	return true;
}

/* the bytes of a value, decoded where they stand under data: */
static int
take(struct reading *r, const char *text, size_t len, bool encoded, struct seal_value *out)
{
	out->at = secret_new(len + 1);
	out->len = len;
	if (!out->at)
		return vault_usage(r->v, "out of memory");
	if (!encoded)
		memcpy(out->at, text, len);
	/* libsodium 1.0.18 takes some bytes above 0x7f for + and / */
	else if (!is_ascii(text, len) || sodium_base642bin(out->at, len + 1, text, len, " \r\n", &out->len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		return vault_usage(r->v, "%s: a value under data: is not base64; put it under stringData: or encode it", r->v->from_secret);
	return SEAL_OK;
}

static int
read_pair(struct reading *r, const char *prefix, struct fy_node_pair *pair, bool encoded)
{
	struct fy_node *k = fy_node_pair_key(pair), *n = fy_node_pair_value(pair);
	size_t key_len = 0, len = 0;
	const char *key = k && fy_node_is_scalar(k) ? fy_node_get_scalar(k, &key_len) : NULL;
	const char *text = n && fy_node_is_scalar(n) && !fy_node_is_alias(n) ? fy_node_get_scalar(n, &len) : NULL;
	struct seal_value value = { 0 };
	char name[SEAL_NAME_MAX + 1];
	int status;

	if (!key || (!text && n && !fy_node_is_scalar(n)) || (n && fy_node_is_alias(n)) || !values_name(prefix, key, key_len, name))
		return vault_usage(r->v, "%s: data: holds something other than names and texts", r->v->from_secret);
	status = take(r, text ? text : "", len, encoded, &value);
	if (status == SEAL_OK)
		status = r->call(r->arg, name, &value);
	r->found++;
	seal_value_free(&value);
	return status;
}

/* data: or stringData:; what stands in both is the latter's, as the API server has it */
static int
read_map(struct reading *r, struct fy_node *secret, const char *prefix, const char *which, bool encoded)
{
	struct fy_node *map = fy_node_mapping_lookup_by_string(secret, which, strlen(which));
	struct fy_node *over = encoded ? fy_node_mapping_lookup_by_string(secret, "stringData", 10) : NULL;
	struct fy_node_pair *pair;
	void *iter = NULL;
	int status = SEAL_OK;

	if (!map || !fy_node_is_mapping(map))
		return SEAL_OK;
	while (status == SEAL_OK && (pair = fy_node_mapping_iterate(map, &iter))) {
		size_t len = 0;
		const char *key = fy_node_get_scalar(fy_node_pair_key(pair), &len);

		if (over && fy_node_is_mapping(over) && key && fy_node_mapping_lookup_by_string(over, key, len))
			continue;
		status = read_pair(r, prefix, pair, encoded);
	}
	return status;
}

static int
read_secret(struct reading *r, struct fy_node *secret)
{
	struct fy_node *meta = fy_node_mapping_lookup_by_string(secret, "metadata", 8);
	size_t len = 0;
	const char *own = scalar(meta, "name", &len);
	char prefix[SEAL_NAME_MAX + 1];
	int status;

	if (!r->v->prefix && (!own || !values_name(NULL, own, len, prefix)))
		return vault_usage(r->v, "%s: a Secret has no metadata.name; say --prefix", r->v->from_secret);
	if (r->v->prefix && !values_name(NULL, r->v->prefix, strlen(r->v->prefix), prefix))
		return vault_usage(r->v, "--prefix: %s", seal_status_fix(SEAL_NAME));
	status = read_map(r, secret, prefix, "data", true);
	return status == SEAL_OK ? read_map(r, secret, prefix, "stringData", false) : status;
}

/* a Secret, or a List of them; anything else is passed by */
static int
read_object(struct reading *r, struct fy_node *n)
{
	struct fy_node *items, *item;
	void *iter = NULL;
	int status = SEAL_OK;
	size_t len = 0;
	const char *kind;

	if (!n || !fy_node_is_mapping(n))
		return SEAL_OK;
	kind = scalar(n, "kind", &len);
	if (is_word(kind, len, "Secret"))
		return read_secret(r, n);
	items = fy_node_mapping_lookup_by_string(n, "items", 5);
	if (!items || !fy_node_is_sequence(items))
		return SEAL_OK;
	while (status == SEAL_OK && (item = fy_node_sequence_iterate(items, &iter)))
		status = fy_node_is_mapping(item) && is_word(scalar(item, "kind", &len), len, "Secret") ? read_secret(r, item) : SEAL_OK;
	return status;
}

static int
read_documents(struct reading *r, const struct seal_value *text)
{
	struct fy_diag *diag = document_silence();
	const struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG, .diag = diag };
	struct fy_parser *parser = diag ? fy_parser_create(&cfg) : NULL;
	struct fy_document *doc;
	int status;

	status = parser && fy_parser_set_string(parser, (const char *)text->at, text->len) == 0 ? SEAL_OK : SEAL_IO;
	if (status != SEAL_OK)
		error_set(r->v->err, ERROR_INTERNAL, "out of memory");
	while (status == SEAL_OK && (doc = fy_parse_load_document(parser))) {
		status = read_object(r, fy_document_root(doc));
		fy_parse_document_destroy(parser, doc);
	}
	/* the parser's own words would quote the text */
	if (status == SEAL_OK && fy_parser_get_stream_error(parser))
		status = vault_usage(r->v, "%s is not YAML", r->v->from_secret);
	if (parser)
		fy_parser_destroy(parser);
	if (diag)
		fy_diag_destroy(diag);
	return status;
}

int
values_of_secret(struct vault *v, values_call call, void *arg)
{
	struct reading r = { .v = v, .call = call, .arg = arg };
	struct seal_value text = { 0 };
	int status = keyring_text(v, v->from_secret, MANIFEST_MAX, &text);

	if (status == SEAL_OK)
		status = read_documents(&r, &text);
	if (status == SEAL_OK && r.found == 0)
		status = vault_usage(v, "%s holds no Secret with data", v->from_secret);
	seal_value_free(&text);
	return status;
}
