#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <stanch/error.h>

/* appends the words of an errno value, as perror does */
static void
add_errno(struct error *err, int code)
{
	char words[128];
	size_t len = strlen(err->text);

	if (len == 0 || err->text[len - 1] != ':' || code <= 0 || code >= ERROR_USAGE)
		return;
	snprintf(err->text + len, sizeof err->text - len, " %s", strerror_r(code, words, sizeof words));
}

int
error_set(struct error *err, int code, const char *fmt, ...)
{
	va_list args;

	err->code = code;
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	add_errno(err, code);
	return -1;
}

int
error_wrap(struct error *err, const char *fmt, ...)
{
	char old[sizeof err->text];
	va_list args;
	size_t len;

	memcpy(old, err->text, sizeof old);
	va_start(args, fmt);
	vsnprintf(err->text, sizeof err->text, fmt, args);
	va_end(args);
	len = strlen(err->text);
	snprintf(err->text + len, sizeof err->text - len, ": %.*s", (int)(sizeof old - 1), old);
	return -1;
}
