/* value_near.h: what stands around an assignment: for value.c. */
#ifndef TRIAGE_VALUE_NEAR_H
#define TRIAGE_VALUE_NEAR_H

#include <stdbool.h>
#include <stddef.h>

struct assign;

/* A user's name or an address is assigned within three lines, as credentials have one beside them. */
bool value_near_user(const struct assign *, size_t i);

/* It is a parameter in the address of an image, as badges in a README are. */
bool value_near_badge(const struct assign *);

#endif
