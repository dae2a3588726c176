/*
 * seal.h: secrets that may be kept anywhere: sealed files, signers, sets.
 *
 * The bytes are those of stanch-sealed(5). Everything is taken from and given
 * into memory; no function reads a file, a clock, a terminal or the
 * environment, prints, or ends the process, whatever it is given. There is no
 * state but libsodium's own: call seal_init() once before anything else.
 * Functions may run on any number of threads at once, on objects of their own.
 *
 * Each function that can refuse returns an enum seal_status, SEAL_OK being 0,
 * and fills the error with "WORD: sentence", the sentence naming the fix. It
 * quotes nothing of an unverified file. Output arguments are only written on
 * SEAL_OK unless said otherwise. Texts need no NUL at their end.
 */
#ifndef STANCH_SEAL_H
#define STANCH_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct error;

/* Why something is refused. The numbers are exit statuses of the programs, and stay. */
enum seal_status {
	SEAL_OK = 0, SEAL_USAGE = 2, SEAL_IO = 3,
	SEAL_SIZE = 10, SEAL_ENCODING, SEAL_LINE, SEAL_MAGIC, SEAL_UNSUPPORTED,
	SEAL_FIELD_UNKNOWN, SEAL_FIELD_MISSING, SEAL_FIELD_ORDER, SEAL_FIELD_DUPLICATE,
	SEAL_NAME, SEAL_SCOPE, SEAL_VERSION, SEAL_EXPIRES, SEAL_MODE, SEAL_SENDER,
	SEAL_STANZA, SEAL_STANZA_TYPE, SEAL_STANZA_COUNT, SEAL_STANZA_ORDER, SEAL_STANZA_DUPLICATE,
	SEAL_BASE64, SEAL_PAYLOAD,
	SEAL_NAME_MISMATCH = 40, SEAL_SCOPE_MISMATCH, SEAL_CLOCK,
	SEAL_SIGNER_REVOKED, SEAL_SIGNER_UNKNOWN, SEAL_SIGNER_MAY, SEAL_SIGNER_SCOPE, SEAL_SIGNER_NAME, SEAL_SIGNER_TIME,
	SEAL_SIGNATURE, SEAL_RECIPIENT_REVOKED, SEAL_EXPIRED, SEAL_VERSION_FLOOR,
	SEAL_NOT_RECIPIENT = 60, SEAL_UNWRAP, SEAL_BINDING, SEAL_MAC,
	SEAL_STREAM, SEAL_STREAM_TAG, SEAL_FINAL_MISSING, SEAL_FINAL_EARLY, SEAL_PADDING, SEAL_PLAINTEXT_SIZE,
	SEAL_KEY_TEXT = 70, SEAL_KEY_CHECKSUM, SEAL_KEY_WEAK, SEAL_PASSPHRASE, SEAL_SIGNERS,
	SEAL_SET_SIZE = 80, SEAL_SET_SYNTAX, SEAL_SET_ORDER, SEAL_SET_DUPLICATE, SEAL_SET_CONFLICT, SEAL_SET_PIN,
	SEAL_SET_SIGNATURE, SEAL_SET_EXPIRED, SEAL_SET_SCOPE, SEAL_SET_EPOCH, SEAL_SET_MISSING, SEAL_SET_EXTRA,
	SEAL_SET_OLDER, SEAL_SET_CHANGED, SEAL_SET_MODE,
	SEAL_WIDENING = 100,
};

/* "signer-unknown"; NULL for a number that is no status. */
const char *seal_status_word(enum seal_status);

/* What happened and what to do, one sentence without full stop; NULL likewise. */
const char *seal_status_fix(enum seal_status);

#define SEAL_KEY_BYTES 32
#define SEAL_ID_BYTES 8
#define SEAL_DIGEST_BYTES 32
#define SEAL_MARK_BYTES 16
#define SEAL_SIGNATURE_BYTES 64

#define SEAL_NAME_MAX 255
#define SEAL_SCOPE_MAX 191
#define SEAL_FILE_MAX 1432596           /* bytes of a sealed file */
#define SEAL_VALUE_MAX 1048576          /* bytes of a secret */
#define SEAL_LIST_MAX 1048576           /* bytes of a set, of a signers file */
#define SEAL_RECIPIENTS_MAX 64
#define SEAL_IDENTITIES_MAX 8
#define SEAL_SET_FILES_MAX 1024
#define SEAL_VERSION_MAX INT64_MAX
#define SEAL_NEVER INT64_MAX            /* an expiry that never comes */
#define SEAL_CLOCK_LEAST 1735689600     /* 2025-01-01: an earlier clock is refused */

/* Readies libsodium; 0, or -1 when it can't work. May be called again. */
int seal_init(void);

/*
 * Keys. All are 32 bytes; secret ones should live in guarded memory. A key text
 * is one line of ASCII; an LF after it is taken as the line's end.
 */
enum seal_key_kind {
	SEAL_KEY_RECIPIENT,     /* X25519 public: "stanch1..." */
	SEAL_KEY_IDENTITY,      /* X25519 secret: "STANCH-IDENTITY-1..." */
	SEAL_KEY_VERIFIER,      /* Ed25519 public: "stanchsign1..." */
	SEAL_KEY_SIGNER,        /* Ed25519 seed: "STANCH-SIGNER-1..." */
	SEAL_KEY_MARK,          /* "STANCH-MARK-1..." */
};

#define SEAL_KEY_TEXT_MAX 160           /* of any key text, with its NUL */

/* Reads a key text of that kind; weak public keys, and those that need a passphrase, are refused. */
enum seal_status seal_key_parse(enum seal_key_kind, const char *text, size_t len, uint8_t key[SEAL_KEY_BYTES], struct error *);

/* Writes one, NUL-ended. */
void seal_key_format(enum seal_key_kind, const uint8_t key[SEAL_KEY_BYTES], char text[SEAL_KEY_TEXT_MAX]);

/* Whether a text begins as a key with a passphrase does (identity and signer only). */
bool seal_key_is_locked(const char *text, size_t len);

/* Reads one with its passphrase; takes its own time and memory (Argon2id), within bounds. */
enum seal_status seal_key_unlock(enum seal_key_kind, const char *text, size_t len, const char *passphrase, size_t passphrase_len,
	uint8_t key[SEAL_KEY_BYTES], struct error *);

/* Writes an identity or signer that needs a passphrase; opslimit 1 to 16, memory 2^23 to 2^30 bytes, 0 for the defaults. */
enum seal_status seal_key_lock(enum seal_key_kind, const uint8_t key[SEAL_KEY_BYTES], const char *passphrase,
	size_t passphrase_len, unsigned opslimit, unsigned log2_memory, char text[SEAL_KEY_TEXT_MAX], struct error *);

/*
 * Reads a key file: a key a line; empty lines and lines that begin with "#" are
 * skipped, anything else refuses it. Up to max keys, 32 bytes each, in a row.
 */
enum seal_status seal_key_list(enum seal_key_kind, const char *text, size_t len, uint8_t *keys, size_t max, size_t *count,
	struct error *);

/* Draws a new secret key: an identity, a signer or a mark key. */
void seal_key_random(enum seal_key_kind, uint8_t key[SEAL_KEY_BYTES]);

/* The public half of an identity (a recipient) or of a signer (a verifier). */
void seal_key_public(enum seal_key_kind, const uint8_t secret[SEAL_KEY_BYTES], uint8_t key[SEAL_KEY_BYTES]);

/* The id by which a stanza names its recipient. */
void seal_key_id(const uint8_t recipient[SEAL_KEY_BYTES], uint8_t id[SEAL_ID_BYTES]);

/* Whether a recipient or verifier is a key that can be used. */
bool seal_key_is_sound(enum seal_key_kind, const uint8_t key[SEAL_KEY_BYTES]);

/* A secret's bytes, in guarded memory: locked where the limit allows it, wiped when freed. */
struct seal_value {
	uint8_t *at;
	size_t len;
};

/* Wipes and gives it back; an empty one is fine. */
void seal_value_free(struct seal_value *);

/* What a sealed file says of itself in the open. */
struct seal_header {
	char name[SEAL_NAME_MAX + 1], scope[SEAL_SCOPE_MAX + 1];
	uint64_t version;
	int64_t expires;                        /* seconds since 1970, or SEAL_NEVER */
	unsigned mode;                          /* 0400, 0440 or 0444 */
	uint8_t from[SEAL_KEY_BYTES];           /* who signed: a verifier */
};

/* A sealed file that follows the format. Nothing of it is verified yet. */
struct seal_file {
	struct seal_header header;
	unsigned recipients;                    /* how many it is sealed for */
	const char *text;                       /* borrowed: must outlive this */
	size_t len;
	size_t bound_len;                       /* through the LF of "from:" */
	size_t mac_at, header_len, payload_at;  /* of "---"; through the MAC line; after "sig:" */
	size_t padded_len;                      /* of the plaintext, rounded up to 64 and at least 1 byte more */
	uint8_t digest[SEAL_DIGEST_BYTES];      /* BLAKE2b-256 of the whole file */
};

/* Parses; text is borrowed for as long as the file is used. */
enum seal_status seal_file_parse(const char *text, size_t len, struct seal_file *, struct error *);

/* The id of the i-th recipient, i < recipients. */
void seal_file_recipient(const struct seal_file *, unsigned i, uint8_t id[SEAL_ID_BYTES]);

/* Who may sign what, and which keys are revoked. */
struct seal_signers;

/* Parses a signers file; one bad line refuses it. The text is copied. */
enum seal_status seal_signers_parse(const char *text, size_t len, struct seal_signers **, struct error *);
void seal_signers_free(struct seal_signers *);

/* Whether the key of a stanza's id is revoked. */
bool seal_signers_revoked_id(const struct seal_signers *, const uint8_t id[SEAL_ID_BYTES]);

/* When the last line that lets this signer seal this file ends: seconds, SEAL_NEVER, or 0: none does. */
int64_t seal_signers_until(const struct seal_signers *, const struct seal_header *);

/* What a file is checked against. */
struct seal_asked {
	const char *name;                       /* the name that it must have, or NULL */
	const char *scope;                      /* CLUSTER/NAMESPACE/WORKLOAD without "*" that it must cover, or NULL */
	int64_t now;                            /* seconds since 1970 */
	uint64_t min_version;                   /* 0: any */
};

/* Everything that can be known without a private key: who signed, whether they may, whether it still counts. */
enum seal_status seal_verify(const struct seal_file *, const struct seal_signers *, const struct seal_asked *, struct error *);

/*
 * Verifies, then decrypts with the first of up to 8 identities (32 bytes each, in
 * a row) that it is sealed for. The value is the caller's to free.
 */
enum seal_status seal_open(const struct seal_file *, const struct seal_signers *, const struct seal_asked *,
	const uint8_t *identities, size_t count, struct seal_value *, struct error *);

/*
 * Seals a value for recipients (32 bytes each, in any order, none twice) and signs
 * it; header->from is ignored: it follows from the signer's seed. The text is
 * malloc'd, NUL-ended, the caller's to free. Each call draws a new data key.
 */
enum seal_status seal_make(const struct seal_header *, const uint8_t *recipients, size_t count,
	const uint8_t signer[SEAL_KEY_BYTES], const uint8_t *value, size_t value_len, char **text, size_t *len, struct error *);

/* Refuses with SEAL_WIDENING a new header that reaches further than the old: scope, mode or expiry. */
enum seal_status seal_narrows(const struct seal_header *old, const struct seal_header *new_header, struct error *);

/* One file as its set names it. */
struct seal_set_entry {
	char name[SEAL_NAME_MAX + 1];
	uint64_t version;
	unsigned mode;
	uint8_t digest[SEAL_DIGEST_BYTES];
	uint8_t mark[SEAL_MARK_BYTES];
	bool marked;                            /* there is a mark */
};

struct seal_set {
	char scope[SEAL_SCOPE_MAX + 1];
	uint64_t epoch;
	int64_t expires;                        /* seconds since 1970, or SEAL_NEVER */
	size_t count;
	struct seal_set_entry *entries;         /* ascending by name */
	uint8_t from[SEAL_KEY_BYTES], signature[SEAL_SIGNATURE_BYTES];
	uint8_t pin[SEAL_DIGEST_BYTES];         /* BLAKE2b-256 of the whole set file */
	uint8_t signed_hash[64];                /* of what the signature is over */
};

enum seal_status seal_set_parse(const char *text, size_t len, struct seal_set *, struct error *);
void seal_set_free(struct seal_set *);

#define SEAL_PIN_TEXT_MAX 80

/* A pin as text: "blake2b-256:" and 64 hex digits; reading gives SEAL_USAGE for anything else. */
void seal_set_pin_format(const uint8_t pin[SEAL_DIGEST_BYTES], char text[SEAL_PIN_TEXT_MAX]);
enum seal_status seal_set_pin_parse(const char *text, uint8_t pin[SEAL_DIGEST_BYTES], struct error *);

/* What a set is checked against. */
struct seal_set_asked {
	const uint8_t *pin;                     /* SEAL_DIGEST_BYTES, or NULL */
	const char *scope;                      /* that it must have, or NULL */
	int64_t now;
	uint64_t min_epoch;                     /* 0: any */
	const struct seal_floor {
		const char *name;
		uint64_t version;
	} *floors;                              /* least versions of single files */
	size_t floor_count;
};

/* The set alone: pin, clock, signer, signature, expiry, scope, epoch. */
enum seal_status seal_set_check(const struct seal_set *, const struct seal_signers *, const struct seal_set_asked *,
	struct error *);

/*
 * Checks the set and all its files (parsed by the caller, in any order, which is
 * the step between): none extra, none missing, digests, versions, modes, then
 * each is verified for the set's scope. which[i] becomes the index in files of
 * entry i; *bad the file at fault, or file_count when it is none's or is missing.
 */
enum seal_status seal_set_verify(const struct seal_set *, const struct seal_file *files, size_t file_count,
	const struct seal_signers *, const struct seal_set_asked *, size_t *which, size_t *bad, struct error *);

/*
 * Makes a set of files; values may be NULL, and so may mark_key: without both no
 * entry has a mark. values[i] belongs to files[i]. The text is the caller's to free.
 */
enum seal_status seal_set_make(const char *scope, uint64_t epoch, int64_t expires, const struct seal_file *files, size_t count,
	const struct seal_value *values, const uint8_t *mark_key, const uint8_t signer[SEAL_KEY_BYTES], char **text, size_t *len,
	struct error *);

/* The key that marks the values of one scope and epoch, from a mark key. */
void seal_mark_derive(const uint8_t mark_key[SEAL_KEY_BYTES], const char *scope, uint64_t epoch, uint8_t key[SEAL_KEY_BYTES]);

/* The mark of a value, less one final LF, under a derived key; false for one too short to have one. */
bool seal_mark_make(const uint8_t key[SEAL_KEY_BYTES], const uint8_t *value, size_t len, uint8_t mark[SEAL_MARK_BYTES]);

/* "never" or "YYYY-MM-DDTHH:MM:SSZ" to seconds and back; text needs 24 bytes. Parsing gives false for no such date. */
bool seal_date_parse(const char *text, size_t len, int64_t *seconds);
void seal_date_format(int64_t seconds, char text[24]);

/* Whether a text is a name; a scope (with "*" as a component, or without). */
bool seal_is_name(const char *text, size_t len);
bool seal_is_scope(const char *text, size_t len, bool stars);

/* Whether scope or pattern covers scope, component by component; "*" is covered by "*" only. */
bool seal_scope_covers(const char *wide, const char *narrow);

#ifdef __cplusplus
}
#endif

#endif
