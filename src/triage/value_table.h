/* value_table.h: the weights that contrib/judge/fit.py learnt, in the order of value_features. */
#ifndef TRIAGE_VALUE_TABLE_H
#define TRIAGE_VALUE_TABLE_H

#include "triage/value.h"

extern const double value_weights[VALUE_FEATURES];

#endif
