#include "source/reference.h"

#include <stdio.h>
#include <string.h>

#include <stanch/error.h>

#include "image/digest.h"

static bool
is_host(const char *s, size_t n)
{
	return memchr(s, '.', n) || memchr(s, ':', n) || (n == 9 && strncmp(s, "localhost", 9) == 0);
}

static bool
is_loopback(const char *host)
{
	const size_t n = strcspn(host, ":");

	if (strncmp(host, "[::1]", 5) == 0)
		return true;
	if (n == 9 && strncmp(host, "localhost", 9) == 0)
		return true;
	return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == n;
}

/* what may stand in a URL as it is */
static bool
is_clean(const char *s, const char *more)
{
	for (; *s; s++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", *s) && !strchr(more, *s))
			return false;
	return true;
}

int
reference_parse(struct reference *r, const char *text, struct error *err)
{
	const char *slash = strchr(text, '/'), *rest = text, *at, *colon;
	size_t n;

	*r = (struct reference){ .host = "registry-1.docker.io", .which = "latest" };
	if (slash && is_host(text, (size_t)(slash - text)) && (size_t)(slash - text) < sizeof r->host) {
		snprintf(r->host, sizeof r->host, "%.*s", (int)(slash - text), text);
		rest = slash + 1;
	}
	if (strcmp(r->host, "docker.io") == 0)
		strcpy(r->host, "registry-1.docker.io");
	at = strchr(rest, '@');
	colon = strchr(rest, ':');
	n = strcspn(rest, ":@");
	if (n == 0 || n + 16 >= sizeof r->name || (at && !digest_valid(at + 1)) || (!at && colon && strlen(colon) - 1 >= sizeof r->which))
		return error_set(err, ERROR_USAGE, "registry:%s: an image is named HOST/NAME, HOST/NAME:TAG or HOST/NAME@DIGEST", text);
	snprintf(r->name, sizeof r->name, "%s%.*s", rest == text && !memchr(rest, '/', n) ? "library/" : "", (int)n, rest);
	if (at)
		snprintf(r->which, sizeof r->which, "%s", at + 1);
	else if (colon)
		snprintf(r->which, sizeof r->which, "%s", colon + 1);
	r->loopback = is_loopback(r->host);
	if (!is_clean(r->name, "/") || !is_clean(r->host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ:[]") ||
	    !is_clean(r->which, "ABCDEFGHIJKLMNOPQRSTUVWXYZ:") || strstr(r->name, "..") || *r->which == 0)
		return error_set(err, ERROR_USAGE, "registry:%s: names are of lower-case letters, digits, '.', '_', '-' and '/'", text);
	return 0;
}
