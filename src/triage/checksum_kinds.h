/*
 * checksum_kinds.h: the judges behind checksum.c, one function a format.
 *
 * Each judges len bytes at s, which are not terminated, and leaves a static
 * phrase in *about. They allocate only what they free and keep nothing.
 */
#ifndef STANCH_TRIAGE_CHECKSUM_KINDS_H
#define STANCH_TRIAGE_CHECKSUM_KINDS_H

#include <stddef.h>

#include "triage/checksum.h"

typedef enum checksum checksum_judge(const char *s, size_t len, const char **about);

/* checksum_tokens.c: prefixed tokens with or without check digits */
checksum_judge judge_crc_base62;        /* prefix_ + body + CRC-32 in base62: GitHub, npm */
checksum_judge judge_grafana;           /* glsa_ + secret + _ + CRC-32, little endian hex */
checksum_judge judge_gitlab;            /* routable: payload . length CRC-32 in base36 */
checksum_judge judge_atlassian;         /* ATATT3x…= + CRC-32 in hex */
checksum_judge judge_pypi;              /* a macaroon of pypi.org */
checksum_judge judge_slack;             /* numbers where Slack has numbers */
checksum_judge judge_aws_key_id;        /* sixteen base32 digits, of which ten are an account */
checksum_judge judge_openai;            /* T3BlbkFJ between the halves */
checksum_judge judge_discord;           /* first part is a snowflake */
checksum_judge judge_telegram;          /* bot number, colon, AA… */
checksum_judge judge_luhn;              /* decimal digits with a Luhn digit at the end */

/* checksum_keys.c: keys in an alphabet of their own */
checksum_judge judge_stanch;            /* our own keys, BLAKE2b */
checksum_judge judge_age;               /* bech32 */
checksum_judge judge_nkey;              /* NATS seed, CRC-16 */
checksum_judge judge_stellar;           /* Stellar seed, CRC-16 */
checksum_judge judge_base58check;       /* bitcoin WIF, xprv: double SHA-256 */
checksum_judge judge_azure;             /* 32 or 64 bytes, or a signature and Marvin32 */

/* checksum_json.c: tokens that hold JSON */
checksum_judge judge_jwt;               /* header and claims parse */
checksum_judge judge_jwt_kubernetes;    /* … and name a service account */
checksum_judge judge_jwt_supabase;      /* … and hold Supabase's service role */
checksum_judge judge_jwk;               /* a JSON Web Key with a private member */
checksum_judge judge_grafana_key;       /* eyJrIjoi…, glc_…: {"k": …, "n": …, "id": …} */
checksum_judge judge_sentry;            /* sntrys_ + base64 JSON */
checksum_judge judge_onepassword;       /* ops_ + base64 JSON */
checksum_judge judge_mapbox;            /* sk.eyJ1… : {"u": …, "a": …} */
checksum_judge judge_basic;             /* base64 of user:password */
checksum_judge judge_service_account;   /* Google's JSON key */

/* checksum_pem.c: armoured private keys */
checksum_judge judge_pem;               /* PEM, OpenSSH, PGP, PuTTY */
checksum_judge judge_der;               /* base64 of a key without armour */

#endif
