/* server.h: answers AdmissionReviews over HTTPS, until a signal ends it. */
#ifndef REVIEW_SERVER_H
#define REVIEW_SERVER_H

#include <stdbool.h>

struct admission;
struct error;

struct server_options {
	const char *listen;             /* ADDRESS:PORT, [ADDRESS]:PORT or :PORT; "activated": the socket that systemd hands over */
	const char *certificate, *key;  /* PEM files, read anew when they change; NULL: plain HTTP */
	unsigned threads;               /* 0: one a core */
};

/* Serves until SIGTERM or SIGINT; SIGHUP reads the certificate anew. -1 when it can't begin. */
int server_run(const struct server_options *, const struct admission *, struct error *);

#endif
