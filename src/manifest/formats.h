/* formats.h: what manifest.c lists. */
#ifndef MANIFEST_FORMATS_H
#define MANIFEST_FORMATS_H

struct manifest_format;

extern const struct manifest_format format_yaml;

#endif
