/* versions.h: texts that were made of each other, each scanned only where it is new; what is found equals what scanning each whole finds. */
#ifndef SCAN_VERSIONS_H
#define SCAN_VERSIONS_H

struct job;
struct versions;
struct worker;

/* Scans all versions: each secret is added to the job once a path, with the life of all versions that hold it. */
void versions_run(struct worker *, struct job *, struct versions *);

#endif
