/* location.h: where something was found, in the forms that reports need. */
#ifndef REPORT_LOCATION_H
#define REPORT_LOCATION_H

#include <stdbool.h>

struct buf;
struct finding;
struct finding_place;
struct origin;

/* The "file" of every format; never empty: a nameless way is told by its root. */
void location_file(const struct origin *, struct buf *);

/* The same as a path within a checkout, without the commit that it came from. */
void location_path(const struct origin *, struct buf *);

/* That without what lies inside of it: the file that a person can open; of an image the Dockerfile, where its line is known. */
void location_outer(const struct origin *, struct buf *);

/* Whether it lies inside another file, so that lines are not the outer file's. */
bool location_inside(const struct origin *);

/* Whether it lies in a layer of an image, so that the file is nowhere on this machine. */
bool location_layered(const struct origin *);

/* Whether any step of the way has attributes. */
bool location_told_more(const struct origin *);

/* Whether the way says more than the name of a file. */
bool location_nested(const struct origin *);

/* The way, step by step: app.tar, layer 3, srv/app.jar, base64@120. */
void location_way(const struct origin *, const char *between, struct buf *);

/* The way from the outer file on, as location_way tells it. */
void location_within(const struct origin *, const char *between, struct buf *);

/* The line of the Dockerfile that put it into an image, and the file's name; 0: none is known. */
unsigned long location_dockerfile(const struct origin *, const char **name);

/* the commit that the way goes through, or NULL */
const char *location_commit(const struct origin *);

/*
 * What the steps of the way say beside their names, one a line: "layer 3: COPY
 * app.jar /srv, deleted in layer 5"; numbers and digests, which are for
 * programs, are left out. Nothing where no step has more to say.
 */
void location_details(const struct origin *, struct buf *);

/* The way to another place of the same secret, with its line. */
void location_place(const struct finding_place *, const char *between, struct buf *);

/* file:line:column, or file and the byte in a binary. */
void location_point(const struct finding *, struct buf *);

#endif
