#include "triage/checksum.h"

#include <string.h>

#include "triage/checksum_kinds.h"

/* no secret is longer; what is, has no opinion */
enum { SECRET_MAX = 64 * 1024 };

struct checksum_kind {
	const char *name, *about;
	checksum_judge *judge;
};

static const struct checksum_kind kinds[] = {
	{"age", "bech32 checksum of an age identity", judge_age},
	{"atlassian", "CRC-32 at the end of an ATATT3x token", judge_atlassian},
	{"aws-key-id", "base32 of an AWS access key id", judge_aws_key_id},
	{"azure", "length, or signature and Marvin32, of an Azure key", judge_azure},
	{"azure-storage", "length, or signature and Marvin32, of an Azure key", judge_azure},
	{"base58check", "double SHA-256 of a base58 key (WIF, xprv)", judge_base58check},
	{"basic", "base64 of user:password", judge_basic},
	{"crc32-base62", "CRC-32 in the last six base62 digits", judge_crc_base62},
	{"der", "base64 of a private key without armour", judge_der},
	{"discord", "snowflake in the first part of a bot token", judge_discord},
	{"docker-auth", "base64 of user:password", judge_basic},
	{"github", "CRC-32 in the last six base62 digits", judge_crc_base62},
	{"gitlab", "length and CRC-32 of a routable token", judge_gitlab},
	{"grafana", "CRC-32 of a service account token", judge_grafana},
	{"grafana-key", "JSON inside a Grafana key", judge_grafana_key},
	{"jwk", "JSON Web Key with private members", judge_jwk},
	{"jwt", "JSON of a JWT's header and claims", judge_jwt},
	{"kubernetes", "JWT of a Kubernetes service account", judge_jwt_kubernetes},
	{"luhn", "Luhn digit", judge_luhn},
	{"mapbox", "JSON inside a Mapbox token", judge_mapbox},
	{"nkey", "CRC-16 of a NATS seed", judge_nkey},
	{"npm", "CRC-32 in the last six base62 digits", judge_crc_base62},
	{"onepassword", "JSON inside a 1Password service account token", judge_onepassword},
	{"openai", "infix of an OpenAI key", judge_openai},
	{"pem", "structure of an armoured private key", judge_pem},
	{"pypi", "macaroon of a PyPI token", judge_pypi},
	{"sentry", "JSON inside a Sentry organization token", judge_sentry},
	{"service-account", "JSON of a Google service account key", judge_service_account},
	{"slack", "numbers and lengths of a Slack token", judge_slack},
	{"stanch", "BLAKE2b checksum of stanch's own keys", judge_stanch},
	{"stellar", "CRC-16 of a Stellar seed", judge_stellar},
	{"supabase", "role in a Supabase JWT", judge_jwt_supabase},
	{"telegram", "shape of a Telegram bot token", judge_telegram},
	{"wif", "double SHA-256 of a base58 key (WIF, xprv)", judge_base58check},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

const struct checksum_kind *
checksum_find(const char *name)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

enum checksum
checksum_check(const struct checksum_kind *kind, const char *secret, size_t len,
	const char **about)
{
	const char *ignored;

	if (!about)
		about = &ignored;
	*about = "no opinion";
	if (len == 0 || len > SECRET_MAX)
		return CHECKSUM_NONE;
	return kind->judge(secret, len, about);
}

const char *
checksum_name(size_t i)
{
	return i < KINDS ? kinds[i].name : NULL;
}

const char *
checksum_about(size_t i)
{
	return i < KINDS ? kinds[i].about : NULL;
}
