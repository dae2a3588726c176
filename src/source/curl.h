/* curl.h: libcurl, loaded where a registry is asked. */
#ifndef SOURCE_CURL_H
#define SOURCE_CURL_H

#include <curl/curl.h>

struct error;

/* what is needed of it; curl's own macros for type checks stand in the way of pointers */
struct curl {
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *);
	void (*easy_reset)(CURL *);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_perform)(CURL *);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	const char *(*easy_strerror)(CURLcode);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
	char *(*easy_escape)(CURL *, const char *, int);
	void (*free)(void *);
};

/* Loads it; -1 says which package is missing. */
int curl_load(struct curl *, struct error *);

#endif
