#include "source/curl.h"

#include <dlfcn.h>
#include <string.h>

#include <stanch/error.h>

#define LIBRARY "libcurl.so.4"

int
curl_load(struct curl *c, struct error *err)
{
	void *const library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	const struct {
		const char *name;
		void *to;
	} wanted[] = {
		{ "curl_easy_init", &c->easy_init }, { "curl_easy_cleanup", &c->easy_cleanup }, { "curl_easy_reset", &c->easy_reset },
		{ "curl_easy_setopt", &c->easy_setopt }, { "curl_easy_perform", &c->easy_perform },
		{ "curl_easy_getinfo", &c->easy_getinfo }, { "curl_easy_strerror", &c->easy_strerror },
		{ "curl_slist_append", &c->slist_append }, { "curl_slist_free_all", &c->slist_free_all },
		{ "curl_easy_escape", &c->easy_escape }, { "curl_free", &c->free },
	};

	if (!library)
		return error_set(err, ERROR_INTERNAL, "registries need " LIBRARY " (Debian: libcurl4): %s", dlerror());
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		void *const at = dlsym(library, wanted[i].name);

		if (!at)
			return error_set(err, ERROR_INTERNAL, LIBRARY " lacks %s", wanted[i].name);
		memcpy(wanted[i].to, &at, sizeof at);
	}
	return 0;
}
