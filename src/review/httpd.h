/* httpd.h: libmicrohttpd, loaded only where it is served: nothing else of stanch waits for it or for GnuTLS. */
#ifndef REVIEW_HTTPD_H
#define REVIEW_HTTPD_H

#include <microhttpd.h>

struct error;

/* the calls of the library that we make */
struct httpd {
	void *library;
	struct MHD_Daemon *(*start)(unsigned flags, uint16_t port, MHD_AcceptPolicyCallback, void *, MHD_AccessHandlerCallback, void *, ...);
	MHD_socket (*quiesce)(struct MHD_Daemon *);
	void (*stop)(struct MHD_Daemon *);
	struct MHD_Response *(*response)(size_t, void *, enum MHD_ResponseMemoryMode);
	enum MHD_Result (*header)(struct MHD_Response *, const char *, const char *);
	enum MHD_Result (*queue)(struct MHD_Connection *, unsigned, struct MHD_Response *);
	void (*destroy)(struct MHD_Response *);
};

int httpd_load(struct httpd *, struct error *);

#endif
