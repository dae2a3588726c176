/* reference.h: the name of an image in a registry: HOST/NAME[:TAG|@DIGEST]. */
#ifndef SOURCE_REFERENCE_H
#define SOURCE_REFERENCE_H

#include <stdbool.h>

struct error;

struct reference {
	char host[256];                 /* with its port */
	char name[256];
	char which[160];                /* a tag or a digest */
	bool loopback;                  /* the host is this machine */
};

/* Parses it; a name without host is one of Docker Hub's, one without tag is "latest". */
int reference_parse(struct reference *, const char *, struct error *);

#endif
