/* safe.h: what is no finding because it is sealed, or names what holds the secret; told with --verbose. */
#ifndef SCAN_SAFE_H
#define SCAN_SAFE_H

struct understood;

/* Tells a text that is sealed as a whole, by its first bytes. */
void safe_head(struct understood *);

/* Tells the values of a manifest that are. */
void safe_values(struct understood *);

#endif
