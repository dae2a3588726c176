#include "deliver/environ.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

void
environ_name(const char *secret, const char *suffix, char out[static ENVIRON_NAME_MAX])
{
	size_t n = 0;

	if (*secret >= '0' && *secret <= '9')
		out[n++] = '_';
	for (; *secret && n < ENVIRON_NAME_MAX - 8; secret++) {
		const char c = *secret;

		out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : strchr("/.-", c) ? '_' : c;
	}
	snprintf(out + n, ENVIRON_NAME_MAX - n, "%s", suffix);
}

bool
environ_is_steering(const char *variable)
{
	static const char *const beginnings[] = { "LD_", "GLIBC_", "MALLOC_", "DYLD_", "BASH_", "PYTHON", "PERL", "RUBY", "NODE_", "JAVA_", "JDK_", "GIT_" };
	static const char *const whole[] = { "PATH", "IFS", "ENV", "SHELL", "HOME", "SHELLOPTS", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES",
		"RES_OPTIONS", "TMPDIR", "CLASSPATH", "_JAVA_OPTIONS", "CDPATH", "PROMPT_COMMAND", "TERMINFO", "RESOLV_HOST_CONF" };

	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
		if (strncmp(variable, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++)
		if (strcmp(variable, whole[i]) == 0)
			return true;
	return false;
}

static bool
is_name_of(const char *entry, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

/* room for one more and the NULL after it */
static int
make_room(struct environ *e)
{
	char **more;

	if (e->count + 2 <= e->cap)
		return 0;
	more = realloc(e->at, (e->cap + 64) * sizeof *more);
	if (!more)
		return -1;
	e->at = more;
	e->cap += 64;
	return 0;
}

static int
push(struct environ *e, char *entry)
{
	if (!entry || make_room(e) < 0) {
		free(entry);
		return -1;
	}
	e->at[e->count++] = entry;
	e->at[e->count] = NULL;
	return 0;
}

int
environ_init(struct environ *e, char *const *from)
{
	*e = (struct environ){ 0 };
	if (make_room(e) < 0)
		return -1;
	e->at[0] = NULL;
	for (; *from; from++)
		if (strncmp(*from, "STANCH_", 7) != 0 && push(e, strdup(*from)) < 0) {
			environ_done(e);
			return -1;
		}
	e->theirs = e->count;
	return 0;
}

void
environ_done(struct environ *e)
{
	for (size_t i = 0; i < e->count; i++) {
		explicit_bzero(e->at[i], strlen(e->at[i]));
		free(e->at[i]);
	}
	free(e->at);
	*e = (struct environ){ 0 };
}

bool
environ_drop(struct environ *e, const char *name)
{
	bool found = false;

	for (size_t i = 0; i < e->count;) {
		if (!is_name_of(e->at[i], name)) {
			i++;
			continue;
		}
		explicit_bzero(e->at[i], strlen(e->at[i]));
		free(e->at[i]);
		memmove(&e->at[i], &e->at[i + 1], (e->count - i) * sizeof e->at[0]);
		e->count--;
		e->theirs -= i < e->theirs;
		found = true;
	}
	return found;
}

int
environ_add(struct environ *e, const char *name, const char *value, size_t len, struct error *err)
{
	const size_t n = strlen(name);
	char *entry;

	for (size_t i = e->theirs; i < e->count; i++)
		if (is_name_of(e->at[i], name))
			return error_set(err, ERROR_USAGE, "two secrets would both be the variable %.100s; rename one of them", name);
	environ_drop(e, name);
	entry = malloc(n + len + 2);
	if (entry) {
		memcpy(entry, name, n);
		entry[n] = '=';
		memcpy(entry + n + 1, value, len);
		entry[n + 1 + len] = '\0';
	}
	return push(e, entry) < 0 ? error_set(err, ERROR_INTERNAL, "out of memory making the environment") : 0;
}

const char *
environ_get(const struct environ *e, const char *name)
{
	for (size_t i = 0; i < e->count; i++)
		if (is_name_of(e->at[i], name))
			return e->at[i] + strlen(name) + 1;
	return NULL;
}
