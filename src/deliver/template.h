/* template.h: {{name}} and nothing else. */
#ifndef DELIVER_TEMPLATE_H
#define DELIVER_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;
struct item;

#define TEMPLATE_MAX ((size_t)1 << 20)  /* bytes of a template, and of what it becomes */

/*
 * Fills a template: each {{name}} (blanks inside the braces are fine) becomes
 * that item's bytes less one final LF. A "{{" that begins anything else, and a
 * name that is not there, are refused. The result is in guarded memory, the
 * caller's to free with secret_free; mode is the tightest of what went in, and
 * `mode` as it came where nothing did.
 */
int template_fill(const char *text, size_t len, const struct item *, size_t count, uint8_t **out, size_t *out_len, mode_t *mode,
	struct error *);

#endif
