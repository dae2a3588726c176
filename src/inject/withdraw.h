/* withdraw.h: what an injection added, found again and taken out. */
#ifndef INJECT_WITHDRAW_H
#define INJECT_WITHDRAW_H

#include "base/bytes.h"

struct buf;
struct error;
struct injected;

/* Writes the text without what the objects that carry our annotation were given, and without our config maps. */
int withdraw(struct bytes text, const char *file, struct buf *out, struct injected *, struct error *);

#endif
