#include "manifest/meaning.h"

#include <ctype.h>
#include <string.h>

struct mark {
	const char *text, *why;
};

static const char variable[] = "a reference to a variable";
static const char template[] = "a template's variable";
static const char store[] = "a reference to a secret store";
static const char cipher[] = "ciphertext";

static const struct mark references[] = {
	{ "{{", template }, { "<%", template }, { "[[", template }, { "{%", template }, { "@@", template }, { "#{", template },
	{ "ref+", store }, { "secretref+", store }, { "op://", store }, { "vault:secret", store }, { "vault:kv", store }, { "vault://", store },
	{ "vault+", store }, { "aws-sm://", store }, { "awssm://", store }, { "aws-ssm://", store }, { "awsssm://", store },
	{ "awsps://", store }, { "arn:aws", store }, { "gcp-sm://", store }, { "gcpsm://", store }, { "gcp-secretmanager", store }, { "sm://", store },
	{ "azure-kv://", store }, { "azurekeyvault://", store }, { "akv://", store }, { "keyvault:", store }, { "@Microsoft.KeyVault(", store },
	{ "ssm:", store }, { "ssm://", store }, { "secretsmanager:", store }, { "secretsmanager://", store }, { "{{resolve:", store },
	{ "bws://", store }, { "doppler://", store }, { "infisical://", store }, { "keepass://", store }, { "keychain:", store },
	{ "pass://", store }, { "lpass://", store }, { "akeyless:", store }, { "conjur:", store }, { "berglas://", store }, { "secret://", store },
	{ "secrets://", store }, { "k8s:", store }, { "kubernetes://", store }, { "env://", variable }, { "env:", variable }, { "%env(", variable },
	{ "%ENV{", variable }, { "$ENV{", variable }, { "$__env{", variable }, { "$__file{", "the name of a file" }, { "$env:", variable },
	{ "file://", "the name of a file" }, { "file:/", "the name of a file" }, { "/run/secrets/", "the name of a file" },
	{ "/var/run/secrets/", "the name of a file" }, { "/etc/", "the name of a file" }, { "/vault/secrets/", "the name of a file" },
	{ "secretKeyRef", store }, { "projects/", store }, { "var.", variable }, { "local.", variable }, { "data.", variable },
	{ "module.", variable }, { "each.", variable }, { "random_password.", variable }, { "aws_", variable }, { "azurerm_", variable },
	{ "google_", variable }, { "vault_", variable }, { "self.", variable }, { "env(", variable }, { "env.", variable }, { "os.environ", variable },
	{ "process.env", variable }, { "lookup(", variable }, { "secrets.", variable }, { "SecretRef:", store }, { "valueFrom", store },
};

static const struct mark seals[] = {
	{ "ENC[", cipher }, { "ENC(", cipher }, { "DEC(", cipher }, { "$ANSIBLE_VAULT;", "sealed by ansible-vault" }, { "age-encryption.org/", "sealed by age" },
	{ "-----BEGIN AGE ENCRYPTED FILE", "sealed by age" }, { "-----BEGIN PGP MESSAGE", "sealed by OpenPGP" }, { "EJ[1:", "sealed by ejson" },
	{ "vault:v", "ciphertext of Vault's transit" }, { "{cipher}", cipher }, { "{aes}", cipher }, { "AQICAH", "ciphertext of AWS KMS" }, { "stanch-sealed/v1", "sealed by stanch" },
	{ "ENC~", cipher }, { "!vault", "sealed by ansible-vault" }, { "enc:", cipher }, { "encrypted:", cipher }, { "gpg:", cipher }, { "{SSHA", "a hash" },
	{ "{CRYPT}", "a hash" }, { "$2a$", "a hash" }, { "$2b$", "a hash" }, { "$2y$", "a hash" }, { "$argon2", "a hash" }, { "$6$", "a hash" },
	{ "$5$", "a hash" }, { "$apr1$", "a hash" }, { "$1$", "a hash" }, { "{SHA}", "a hash" }, { "{PBKDF2", "a hash" }, { "pbkdf2", "a hash" },
	{ "SCRAM-SHA-256$", "a hash" }, { "$scrypt$", "a hash" }, { "sha256:", "a digest" }, { "sha512:", "a digest" }, { "sha1:", "a digest" },
};

static const struct mark *
begins(struct bytes value, const struct mark *mark, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (value.at[0] == (uint8_t)mark[i].text[0] && bytes_starts(value, mark[i].text))
			return &mark[i];
	return NULL;
}

static bool
named(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!isalnum(b.at[i]) && !strchr("_.-:/", b.at[i]))
			return false;
	return b.len > 0;
}

static bool
capitals(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!isupper(b.at[i]) && b.at[i] != '_')
			return false;
	return true;
}

/* $(X), ${X}, $X, %X%, ${{ x }}: one reference and nothing else, or several with little between them */
static bool
variables(struct bytes b)
{
	if (b.at[0] == '%' && b.len > 2 && b.at[b.len - 1] == '%')
		return named(bytes_cut(b, 1, b.len - 1));
	if (b.at[0] == '@')             /* @SECRET: filled in by what makes a file of a template */
		return b.len > 4 && capitals(bytes_cut(b, 1, b.len));
	if (b.at[0] != '$' || b.len < 2)
		return false;
	if (b.at[1] == '{' || b.at[1] == '(')
		return memchr(b.at, b.at[1] == '{' ? '}' : ')', b.len) != NULL;
	if (b.at[1] == '$')             /* compose writes $$X for the $X that is left to the container */
		return b.len > 2 && (b.at[2] == '{' || b.at[2] == '(' || isupper(b.at[2]));
	return (isalpha(b.at[1]) || b.at[1] == '_') && named(bytes_cut(b, 1, b.len));
}

/* as PostgreSQL and pgbouncer keep one: md5 and 32 digits */
static bool
md5_hash(struct bytes b)
{
	if (b.len != 35 || !bytes_starts(b, "md5"))
		return false;
	for (size_t i = 3; i < b.len; i++)
		if (!isxdigit(b.at[i]))
			return false;
	return true;
}

enum meaning
meaning_of(struct bytes value, const char **why)
{
	const struct mark *m;

	while (value.len && isspace(value.at[0]))
		value = bytes_cut(value, 1, value.len);
	*why = NULL;
	if (!value.len)
		return MEANING_LITERAL;
	if ((m = begins(value, seals, sizeof seals / sizeof seals[0]))) {
		*why = m->why;
		return MEANING_SAFE;
	}
	if (md5_hash(value)) {
		*why = "a hash";
		return MEANING_SAFE;
	}
	m = begins(value, references, sizeof references / sizeof references[0]);
	if (m || variables(value)) {
		*why = m ? m->why : variable;
		return MEANING_REFERENCE;
	}
	return MEANING_LITERAL;
}

/* the quoted word at b's beginning, after blanks */
static bool
quoted(struct bytes b, struct bytes *word)
{
	size_t i = 0;
	const uint8_t *end;

	while (i < b.len && (b.at[i] == ' ' || b.at[i] == '(' || b.at[i] == '\\'))
		i++;
	if (i >= b.len || !(b.at[i] == '"' || b.at[i] == '\'' || b.at[i] == '`'))
		return false;
	end = memchr(b.at + i + 1, b.at[i], b.len - i - 1);
	if (!end)
		return false;
	*word = bytes_cut(b, i + 1, (size_t)(end - b.at));
	if (word->len && word->at[word->len - 1] == '\\')
		word->len--;
	return word->len > 0;
}

static bool
after_word(struct bytes value, const char *word, struct bytes *literal)
{
	const size_t at = bytes_find(value, bytes_of(word));

	return at < value.len && quoted(bytes_cut(value, at + strlen(word), value.len), literal);
}

bool
meaning_default(struct bytes value, struct bytes *literal)
{
	size_t at, end;

	if (value.len < 5)
		return false;
	if (bytes_find(value, bytes_of("{{")) < value.len)
		return after_word(value, "default ", literal) || after_word(value, "default(", literal) || after_word(value, "|| ", literal);
	if (!bytes_starts(value, "${"))
		return false;
	at = bytes_find(value, bytes_of(":"));
	end = bytes_find(value, bytes_of("}"));
	if (at >= end || end >= value.len)
		return false;
	at++;
	if (value.at[at] == '?' || value.at[at] == '+')
		return false;
	at += value.at[at] == '-' || value.at[at] == '=';
	*literal = bytes_cut(value, at, end);
	/* another reference, as in ${A:${B}} */
	return literal->len > 0 && literal->at[0] != '$';
}
