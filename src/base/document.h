/* document.h: YAML texts, parsed in silence. */
#ifndef BASE_DOCUMENT_H
#define BASE_DOCUMENT_H

#include "base/bytes.h"

struct error;
struct fy_diag;
struct fy_document;

/*
 * Parses a text, called `file` in messages; NULL with place and cause. Aliases
 * are not resolved, so a few lines can't grow into gigabytes. The text is
 * borrowed until fy_document_destroy.
 */
struct fy_document *document_parse(struct bytes text, const char *file, struct error *);

/*
 * What keeps libfyaml from printing its errors, with the lines that they are in: they are collected. The caller's, for
 * fy_diag_destroy; NULL when memory ran out.
 */
struct fy_diag *document_silence(void);

#endif
