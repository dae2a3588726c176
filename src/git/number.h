/* number.h: numbers as git's files hold them, highest byte first. */
#ifndef GIT_NUMBER_H
#define GIT_NUMBER_H

#include <stdint.h>

static inline uint32_t
number_be16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t
number_be32(const uint8_t *at)
{
	return number_be16(at) << 16 | number_be16(at + 2);
}

static inline uint64_t
number_be64(const uint8_t *at)
{
	return (uint64_t)number_be32(at) << 32 | number_be32(at + 4);
}

#endif
