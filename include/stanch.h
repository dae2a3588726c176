/* stanch.h: the whole public library; each header stands alone. */
#ifndef STANCH_H
#define STANCH_H

#define STANCH_VERSION "0.1.0"

#include <stanch/error.h>
#include <stanch/blob.h>
#include <stanch/finding.h>
#include <stanch/scan.h>
#include <stanch/seal.h>

#endif
