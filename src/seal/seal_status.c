#include "seal/seal_status.h"

#include <stdarg.h>
#include <stdio.h>

#include <stanch/error.h>

static const struct {
	enum seal_status status;
	const char *word, *fix;
} table[] = {
	{ SEAL_OK, "ok", "nothing is wrong" },
	{ SEAL_USAGE, "usage", "the request makes no sense; see the manual" },
	{ SEAL_IO, "io", "the system refused; see the message, then try again" },
	{ SEAL_SIZE, "size", "it is larger than a sealed file can be; restore it from where it was made" },
	{ SEAL_ENCODING, "encoding", "it holds bytes other than printable ASCII and LF; restore it, and keep editors and line ending conversion off it" },
	{ SEAL_LINE, "line", "a line is empty, begins or ends in a space, or is cut short; restore the file, and set `*.sealed -text` in .gitattributes" },
	{ SEAL_MAGIC, "magic", "it does not begin with stanch-sealed/v1; name a sealed file" },
	{ SEAL_UNSUPPORTED, "unsupported", "it is of another version of the format; use a newer stanch" },
	{ SEAL_FIELD_UNKNOWN, "field-unknown", "the header has a field that does not exist; restore the file or seal again" },
	{ SEAL_FIELD_MISSING, "field-missing", "the header lacks a field; restore the file or seal again" },
	{ SEAL_FIELD_ORDER, "field-order", "the header's fields are out of order; restore the file or seal again" },
	{ SEAL_FIELD_DUPLICATE, "field-duplicate", "the header has a field twice; restore the file or seal again" },
	{ SEAL_NAME, "name", "a name is 1 to 8 parts of letters, digits and ._- joined by /, at most 255 bytes; choose another" },
	{ SEAL_SCOPE, "scope", "a scope is cluster/namespace/workload, each * or up to 63 letters, digits and ._-; correct it" },
	{ SEAL_VERSION, "version", "a version is a number from 1 to 2^63-1 without leading zero; correct it" },
	{ SEAL_EXPIRES, "expires", "an expiry is never or a real date such as 2027-01-31T00:00:00Z; correct it" },
	{ SEAL_MODE, "mode", "a mode is 0400, 0440 or 0444; correct it" },
	{ SEAL_SENDER, "sender", "the sender is not written as ed25519 and a key; restore the file or seal again" },
	{ SEAL_STANZA, "stanza", "a recipient's line is malformed; restore the file or rekey" },
	{ SEAL_STANZA_TYPE, "stanza-type", "a recipient's line is of a type that is not supported; use a newer stanch or rekey" },
	{ SEAL_STANZA_COUNT, "stanza-count", "a file has 1 to 64 recipients; rekey for as many" },
	{ SEAL_STANZA_ORDER, "stanza-order", "the recipients are out of order; restore the file or rekey" },
	{ SEAL_STANZA_DUPLICATE, "stanza-duplicate", "a recipient occurs twice; name each once" },
	{ SEAL_BASE64, "base64", "base64 is malformed or of the wrong length; restore the file" },
	{ SEAL_PAYLOAD, "payload", "the payload is cut wrongly or has an impossible length; restore the file" },
	{ SEAL_NAME_MISMATCH, "name-mismatch", "the file is sealed under another name than the one asked for; it was moved or swapped: restore it or ask for its own name" },
	{ SEAL_SCOPE_MISMATCH, "scope-mismatch", "the file is sealed for another scope; it was moved here: seal it for this scope" },
	{ SEAL_CLOCK, "clock", "the clock stands before 2025, so no date can be judged; set it" },
	{ SEAL_SIGNER_REVOKED, "signer-revoked", "its signer's key is revoked; have a listed signer check the value and seal it again" },
	{ SEAL_SIGNER_UNKNOWN, "signer-unknown", "its signer is not in the signers file; have a listed signer seal it, or add the key after checking whose it is" },
	{ SEAL_SIGNER_MAY, "signer-may", "its signer may not sign this kind of thing; use a signer whose line says may=seal or may=set" },
	{ SEAL_SIGNER_SCOPE, "signer-scope", "its signer may not sign for this scope; use one who may, or widen scope= on that signer's line" },
	{ SEAL_SIGNER_NAME, "signer-name", "its signer may not sign this name; use one who may, or widen name= on that signer's line" },
	{ SEAL_SIGNER_TIME, "signer-time", "its signer's time has not begun or is over; have a current signer seal it again" },
	{ SEAL_SIGNATURE, "signature", "the signature does not hold, so the file was altered; restore it or seal again" },
	{ SEAL_RECIPIENT_REVOKED, "recipient-revoked", "it is sealed for a revoked recipient; rekey without that one and change the value" },
	{ SEAL_EXPIRED, "expired", "it has expired; seal a new value" },
	{ SEAL_VERSION_FLOOR, "version-floor", "its version is below the least one asked for, so it was rolled back; restore the newer file" },
	{ SEAL_NOT_RECIPIENT, "not-recipient", "it is not sealed for this identity; use the right one, or have a recipient rekey it for you" },
	{ SEAL_UNWRAP, "unwrap", "the recipient's line under this identity's id does not open; have the file sealed again" },
	{ SEAL_BINDING, "binding", "a recipient's line comes from another header, so it was moved here; have the file sealed again" },
	{ SEAL_MAC, "mac", "the recipients were altered after sealing; have the file sealed again" },
	{ SEAL_STREAM, "stream", "the payload does not decrypt; have the file sealed again" },
	{ SEAL_STREAM_TAG, "stream-tag", "the payload has a chunk of a kind that does not exist; have the file sealed again" },
	{ SEAL_FINAL_MISSING, "final-missing", "the payload lacks its last chunk; have the file sealed again" },
	{ SEAL_FINAL_EARLY, "final-early", "the payload goes on after its last chunk; have the file sealed again" },
	{ SEAL_PADDING, "padding", "the padding is wrong; have the file sealed again" },
	{ SEAL_PLAINTEXT_SIZE, "plaintext-size", "the value is larger than 1 MiB; keep it elsewhere and seal the key to it" },
	{ SEAL_KEY_TEXT, "key-text", "it is no key of the kind that is needed here; check which file you named" },
	{ SEAL_KEY_CHECKSUM, "key-checksum", "the key has a typing error: its checksum is wrong; copy it again" },
	{ SEAL_KEY_WEAK, "key-weak", "the key is weak or not in its one proper form; make a new one with stanch keygen" },
	{ SEAL_PASSPHRASE, "passphrase", "the passphrase is wrong; try again" },
	{ SEAL_SIGNERS, "signers", "the signers file has a bad line, so all of it is refused; correct the line" },
	{ SEAL_SET_SIZE, "set-size", "a set is at most 1 MiB and names 1 to 1024 files; split it" },
	{ SEAL_SET_SYNTAX, "set-syntax", "the set does not follow its format; make it again with stanch set" },
	{ SEAL_SET_ORDER, "set-order", "the set's entries are out of order; make it again with stanch set" },
	{ SEAL_SET_DUPLICATE, "set-duplicate", "a name occurs twice in the set; make it again from files of different names" },
	{ SEAL_SET_CONFLICT, "set-conflict", "one name in the set is the folder of another; rename one of them" },
	{ SEAL_SET_PIN, "set-pin", "the set is not the pinned one; restore it, or pin the new digest after checking it" },
	{ SEAL_SET_SIGNATURE, "set-signature", "the set's signature does not hold, so it was altered; restore it or make it again" },
	{ SEAL_SET_EXPIRED, "set-expired", "the set has expired; make a new one" },
	{ SEAL_SET_SCOPE, "set-scope", "the set is for another scope; name the right set" },
	{ SEAL_SET_EPOCH, "set-epoch", "the set's epoch is below the least one asked for, so it was rolled back; restore the newer set" },
	{ SEAL_SET_MISSING, "set-missing", "a file that the set names is not there; restore it or make a new set" },
	{ SEAL_SET_EXTRA, "set-extra", "a file is not in the set; remove it or make a new set" },
	{ SEAL_SET_OLDER, "set-older", "a file is older than the set says, so it was rolled back; restore the newer file" },
	{ SEAL_SET_CHANGED, "set-changed", "a file is not the one that the set names; restore it or make a new set" },
	{ SEAL_SET_MODE, "set-mode", "a file's mode is not what the set says; make the set again" },
	{ SEAL_WIDENING, "widening", "that would let the secret reach further or live longer; seal the value anew, with --widen" },
};

static size_t
row_of(enum seal_status status)
{
	size_t i = 0;

	while (i < sizeof table / sizeof table[0] && table[i].status != status)
		i++;
	return i;
}

const char *
seal_status_word(enum seal_status status)
{
	const size_t i = row_of(status);

	return i < sizeof table / sizeof table[0] ? table[i].word : NULL;
}

const char *
seal_status_fix(enum seal_status status)
{
	const size_t i = row_of(status);

	return i < sizeof table / sizeof table[0] ? table[i].fix : NULL;
}

enum seal_status
seal_status_refuse(struct error *err, enum seal_status status, const char *where, ...)
{
	char place[96] = "";
	va_list args;

	if (where) {
		va_start(args, where);
		vsnprintf(place, sizeof place - 2, where, args);
		va_end(args);
	}
	error_set(err, ERROR_SYNTAX, "%s: %s%s%s", seal_status_word(status), place, where ? ": " : "", seal_status_fix(status));
	return status;
}

enum seal_status
seal_status_memory(struct error *err)
{
	error_set(err, ERROR_INTERNAL, "io: out of memory");
	return SEAL_IO;
}
