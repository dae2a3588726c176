/*
 * checksum_code.h: the alphabets and check sums that token formats are made of.
 */
#ifndef STANCH_TRIAGE_CHECKSUM_CODE_H
#define STANCH_TRIAGE_CHECKSUM_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* CRC-32 as in zip */
uint32_t crc32_of(const void *, size_t len);
/* CRC-16, polynomial 0x1021, from zero, as in XMODEM */
uint16_t crc16_of(const void *, size_t len);
/* CRC-24 of OpenPGP armour */
uint32_t crc24_of(const void *, size_t len);
/* Marvin32, the keyed hash of Azure's identifiable keys */
uint32_t marvin32_of(const void *, size_t len, uint64_t seed);

/* reads a number in base 10, 16, 36 or 62; false on another digit or above 2^32-1 */
bool number_read(const char *, size_t len, unsigned base, uint32_t *out);

/* base32 of RFC 4648 without padding; bytes written, -1 on a bad digit or no room */
long base32_read(const char *, size_t len, uint8_t *out, size_t room);
/* base58 of bitcoin; bytes written, -1 on a bad digit or no room */
long base58_read(const char *, size_t len, uint8_t *out, size_t room);
/* base64 in either alphabet, with or without padding; bytes written, or -1 */
long base64_read(const char *, size_t len, uint8_t *out, size_t room);

/* whether every byte is a decimal digit, and there is one */
bool digits_only(const char *, size_t len);
/* how many different bytes there are: few of them are no secret */
unsigned text_variety(const char *, size_t len);
/* finds needle (terminated) in len bytes; NULL when it is not there */
const char *text_find(const char *, size_t len, const char *needle);
/* whether len bytes begin with prefix (terminated) */
bool text_begins(const char *, size_t len, const char *prefix);

#endif
