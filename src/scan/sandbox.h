/* sandbox.h: what a scan gives up before it reads the first hostile byte. */
#ifndef SCAN_SANDBOX_H
#define SCAN_SANDBOX_H

#include <stddef.h>

struct error;

/*
 * For good, for this process and its threads to come: no new privileges, no
 * core file, not dumpable; where the kernel can, reading only beneath the roots
 * (descriptors, -1 is skipped), keeping files in one folder (or -1), and no other file (Landlock); no network and no
 * program is ever started (seccomp). What the kernel lacks is left out;
 * -1 only when something that it has failed.
 */
int sandbox_enter(const int *roots, size_t count, int folder, struct error *);

#endif
