/*
 * deliver.h: from sealed files to files in memory, and on to the program.
 *
 * The parts, in the order of their work:
 *   arguments  what is asked for             tmpfs       is the target in memory
 *   place      paths without links           places      all that is opened at the start
 *   cell       the process that is confined  confine     what it gives up
 *   round      the steps of one delivery     folder, identity, template   what it reads
 *   publish    all at once                   generation, acl              what is written
 *   handover   descriptors and variables     environ, child               what the program gets
 *   watch      new sets, signals, expiry     auditlog, channel, notes     what is told
 */
#ifndef DELIVER_DELIVER_H
#define DELIVER_DELIVER_H

struct arguments;

/* Does what the options ask for; the exit status. Returns not at all where it becomes the program. */
int deliver_run(const struct arguments *, char *const env[]);

#endif
