/* chars.h: characters of text that may be anything, also no UTF-8. */
#ifndef REPORT_CHARS_H
#define REPORT_CHARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHARS_BAD UINT32_MAX

/*
 * Takes one character of the len > 0 bytes at at and returns how many bytes it
 * takes; *code is CHARS_BAD, and one byte is taken, where they are not UTF-8.
 */
size_t chars_next(const char *at, size_t len, uint32_t *code);

/* Whether a character must not reach a reader as it is: controls, what turns
 * or hides text around it, and what no document may hold. */
bool chars_hidden(uint32_t code);

/* columns that it takes in a terminal: 0, 1 or 2 */
unsigned chars_width(uint32_t code);

#endif
