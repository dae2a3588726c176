#include "review/httpd.h"

#include <dlfcn.h>
#include <string.h>

#include <stanch/error.h>

#define LIBRARY "libmicrohttpd.so.12"

/* a function of the library, through memcpy, because C has no cast from an object's address to a function's */
static void
find(const struct httpd *h, const char *name, void *to)
{
	void *at = dlsym(h->library, name);

	memcpy(to, &at, sizeof at);
}

int
httpd_load(struct httpd *h, struct error *err)
{
	h->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!h->library)
		return error_set(err, ERROR_INTERNAL, "a webhook needs " LIBRARY " (Debian: libmicrohttpd12): %s", dlerror());
	find(h, "MHD_start_daemon", &h->start);
	find(h, "MHD_quiesce_daemon", &h->quiesce);
	find(h, "MHD_stop_daemon", &h->stop);
	find(h, "MHD_create_response_from_buffer", &h->response);
	find(h, "MHD_add_response_header", &h->header);
	find(h, "MHD_queue_response", &h->queue);
	find(h, "MHD_destroy_response", &h->destroy);
	if (h->start && h->quiesce && h->stop && h->response && h->header && h->queue && h->destroy)
		return 0;
	return error_set(err, ERROR_INTERNAL, LIBRARY " lacks what a webhook needs");
}
