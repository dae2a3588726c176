/* mark.h: a keyed hash by which a secret is known again without being kept. */
#ifndef BASE_MARK_H
#define BASE_MARK_H

#include <stdint.h>

#include "base/bytes.h"

#define MARK_SIZE 16
#define MARK_KEY_SIZE 32

struct error;

/* the mark of a secret under a key */
void mark_make(uint8_t mark[static MARK_SIZE], struct bytes secret, const uint8_t key[static MARK_KEY_SIZE]);

/* n lower-case hex digits and a NUL: the hash of several strings, each with its length, for ids */
void mark_id(char *hex, unsigned n, const struct bytes *parts, unsigned count);

void mark_key_random(uint8_t key[static MARK_KEY_SIZE]);

/* Reads the text of a mark key, "STANCH-MARK-1..." as sealed.md writes it. */
int mark_key_parse(const char *text, uint8_t key[static MARK_KEY_SIZE], struct error *);

/* Writes it: at least MARK_KEY_TEXT bytes, with its NUL. */
#define MARK_KEY_TEXT 64
void mark_key_format(const uint8_t key[static MARK_KEY_SIZE], char *text);

#endif
