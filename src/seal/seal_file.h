/* seal_file.h: the layout of a sealed file, for those who read and write it. */
#ifndef SEAL_SEAL_FILE_H
#define SEAL_SEAL_FILE_H

#include <stanch/seal.h>

#define SEAL_FILE_MAGIC "stanch-sealed/v1"
#define SEAL_STANZA_START "-> x25519-seal "
#define SEAL_WRAP 112                   /* bytes of a stanza's body: data key and header hash, boxed */
#define SEAL_PAD 64
#define SEAL_CHUNK 65536
#define SEAL_CHUNK_OVER 17              /* what encryption adds to a chunk */
#define SEAL_STREAM_HEADER 24
#define SEAL_LINE_CHARS 64              /* of payload */

/* Raw bytes of a payload whose padded plaintext is so long. */
size_t seal_file_raw_len(size_t padded_len);

/* The body of the i-th stanza, as it was checked when parsed. */
void seal_file_wrap(const struct seal_file *, unsigned i, uint8_t body[static SEAL_WRAP]);

/* The MAC that the file states. */
void seal_file_mac(const struct seal_file *, uint8_t mac[static 32]);
void seal_file_signature(const struct seal_file *, uint8_t signature[static SEAL_SIGNATURE_BYTES]);

/* Writes a header through the LF of "from:". */
struct buf;
void seal_file_add_bound(struct buf *, const struct seal_header *);

#endif
