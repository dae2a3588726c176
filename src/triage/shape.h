/*
 * shape.h: what is assigned may look like a vendor's token and not be one. A
 * prefix that is the vendor's alone (`exclusive` in its rule) leaves the value
 * to that rule; a name that holds nothing but the vendor's key (`names`) makes
 * a value of another shape doubtful.
 */
#ifndef TRIAGE_SHAPE_H
#define TRIAGE_SHAPE_H

#include <stdbool.h>

#include "base/bytes.h"

struct rules;

/* Whether the value begins with an anchor of an exclusive rule; NULL rules know none. */
bool shape_prefix(const struct rules *, struct bytes value);

/* Whether the name, without case and joints, ends with a name that a vendor's rule claims. */
bool shape_named(const struct rules *, struct bytes name);

#endif
