/* image.c: how an image is built, from its Dockerfile. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <stanch/error.h>

#include "base/dockerfile.h"
#include "audit/view.h"
#include "base/buf.h"
#include "base/io.h"

#define IGNORE_MAX ((size_t)1 << 20)

struct building {
	const struct view *view;
	struct dockerfile file;
	unsigned target;                /* the stage that the image is */
	const struct instruction *argument;     /* an ARG of a telling name that no RUN has met */
};

static bool
is(const struct instruction *i, const char *word)
{
	return strcmp(i->word, word) == 0;
}

static void
tell(const struct building *b, enum item item, const struct instruction *i, const char *why)
{
	view_tell_at(b->view, item, i->at, i->end - i->at, i->word, "%s", why);
}

static void
copy(char *to, size_t size, struct bytes from)
{
	snprintf(to, size, "%.*s", (int)(from.len < size ? from.len : size - 1), from.len ? (const char *)from.at : "");
}

/* the default of an ARG before the first FROM, or empty */
static struct bytes
default_of(const struct building *b, struct bytes name)
{
	struct bytes found = { 0 };

	for (const struct instruction *i = b->file.first; i && i->stage == 0; i = i->next)
		if (is(i, "ARG") && strncmp(i->rest, (const char *)name.at, name.len) == 0 && i->rest[name.len] == '=')
			found = dockerfile_word(i->rest + name.len + 1, 0);
	if (found.len > 1 && *found.at == '"' && found.at[found.len - 1] == '"')
		found = bytes_cut(found, 1, found.len - 1);
	return found;
}

/* "golang:${GO}" by what the ARGs before the first FROM say; what they don't say stays as it is written */
static void
resolve(const struct building *b, struct bytes word, char *out, size_t size)
{
	size_t len = 0;

	for (size_t i = 0; i < word.len && len < size - 1;) {
		const bool braces = i + 1 < word.len && word.at[i + 1] == '{';
		size_t from = i + 1 + braces, to = from;
		struct bytes value = { 0 };

		while (word.at[i] == '$' && to < word.len && (isalnum(word.at[to]) || word.at[to] == '_'))
			to++;
		if (to > from && (!braces || (to < word.len && word.at[to] == '}')))
			value = default_of(b, bytes_cut(word, from, to));
		if (!value.len) {
			out[len++] = (char)word.at[i++];
			continue;
		}
		len += (size_t)snprintf(out + len, size - len, "%.*s", (int)value.len, (const char *)value.at);
		len = len < size ? len : size - 1;
		i = to + braces;
	}
	out[len] = 0;
}

/* the stage of that name or number, or 0 */
static unsigned
stage_of(const struct building *b, const char *name, unsigned before)
{
	char own[128];
	char *end;
	const unsigned long number = strtoul(name, &end, 10);
	unsigned found = 0;

	for (const struct instruction *i = b->file.first; i; i = i->next) {
		if (!is(i, "FROM") || i->stage >= before)
			continue;
		copy(own, sizeof own, dockerfile_argument(i, 2));
		if (strcasecmp(own, name) == 0)
			found = i->stage;
	}
	return found ? found : *name && !*end && number + 1 < before ? (unsigned)number + 1 : 0;
}

static void
check_reference(const struct building *b, const struct instruction *i, struct bytes word)
{
	char name[300];
	enum item item;
	const char *fault;

	resolve(b, word, name, sizeof name);
	if (!*name || strcmp(name, "scratch") == 0 || *name == '$' || stage_of(b, name, i->stage + !is(i, "FROM")))
		return;
	fault = view_image_fault(name, &item);
	if (fault)
		tell(b, item, i, fault);
}

static void
check_base(const struct building *b, const struct instruction *i)
{
	static const char *const full[] = { "ubuntu", "debian", "centos", "fedora", "rockylinux", "almalinux", "amazonlinux", "oraclelinux",
		"opensuse/leap", "archlinux", "buildpack-deps", NULL };
	char name[300], *at;
	const char *last;

	resolve(b, dockerfile_argument(i, 0), name, sizeof name);
	if (strstr(name, "slim"))
		return;
	name[strcspn(name, "@")] = 0;
	at = strrchr(name, ':');
	if (at && !strchr(at, '/'))
		*at = 0;
	last = strncmp(name, "docker.io/", 10) == 0 ? name + 10 : name;
	last = strncmp(last, "library/", 8) == 0 ? last + 8 : last;
	for (unsigned f = 0; full[f]; f++)
		if (strcmp(last, full[f]) == 0)
			tell(b, ITEM_BASE_MINIMAL, i, "a full distribution");
}

/* the base and user that a stage ends with; what a stage of this file built is looked into */
static const struct instruction *
last_of(const struct building *b, unsigned stage, const char *word)
{
	const struct instruction *found = NULL, *from = NULL;
	char name[300];

	for (unsigned steps = 0; stage && steps < 100; steps++) {
		for (const struct instruction *i = b->file.first; i; i = i->next) {
			if (i->stage == stage && is(i, "FROM"))
				from = i;
			else if (i->stage == stage && is(i, word))
				found = i;
		}
		if (found || !from)
			return found;
		resolve(b, dockerfile_argument(from, 0), name, sizeof name);
		stage = stage_of(b, name, stage);
	}
	return NULL;
}

static void
check_user(const struct building *b)
{
	const struct instruction *user = last_of(b, b->target, "USER"), *from = last_of(b, b->target, "FROM");
	char name[128];

	if (!user) {
		for (const struct instruction *i = b->file.first; i; i = i->next)
			if (is(i, "FROM") && i->stage == b->target)
				from = i;
		if (from && !strstr(from->rest, "nonroot"))
			tell(b, ITEM_NON_ROOT, from, "the last stage has no USER");
		return;
	}
	copy(name, sizeof name, dockerfile_argument(user, 0));
	name[strcspn(name, ":")] = 0;
	if (strcmp(name, "root") == 0 || strcmp(name, "0") == 0)
		tell(b, ITEM_NON_ROOT, user, "USER is root");
	else if (!isdigit((unsigned char)*name) && *name != '$')
		tell(b, ITEM_NON_ROOT, user, "USER is a name, which runAsNonRoot can't tell from root; write its number");
}

/* what .dockerignore leaves out; the words that matter stand as lines of their own */
static bool
ignores(const struct building *b)
{
	const char *slash = strrchr(b->view->path, '/');
	char *path = NULL;
	struct error ignored;
	struct buf text;
	bool all = false, git, env;

	buf_init(&text);
	if (asprintf(&path, "%.*s.dockerignore", slash ? (int)(slash - b->view->path + 1) : 0, b->view->path) < 0)
		path = NULL;
	if (path && io_read_path(path, IGNORE_MAX, &text, &ignored) == 0) {
		const char *s = buf_str(&text);

		all = *s == '*' || strstr(s, "\n*\n") || strstr(s, "\n**\n");
		git = strncmp(s, ".git", 4) == 0 || strstr(s, "\n.git") || strstr(s, "**/.git");
		env = strncmp(s, ".env", 4) == 0 || strstr(s, "\n.env") || strstr(s, "**/.env") || strstr(s, "*.env");
		all = all || (git && env);
	}
	buf_done(&text);
	free(path);
	return all;
}

static void
check_copy(struct building *b, const struct instruction *i)
{
	const struct bytes from = dockerfile_flag(i, "--from="), what = dockerfile_argument(i, 0);

	if (from.len)
		check_reference(b, i, from);
	else if (i->stage == b->target && (bytes_equal(what, bytes_of(".")) || bytes_equal(what, bytes_of("./"))) && !ignores(b))
		tell(b, ITEM_COPY_ALL, i, "no .dockerignore beside it leaves out .git and .env");
}

/* "NAME=value …" or "NAME value" */
static void
check_values(struct building *b, const struct instruction *i)
{
	const bool old = !memchr(i->rest, '=', strcspn(i->rest, " \t"));

	for (unsigned n = 0;; n++) {
		const struct bytes word = dockerfile_word(i->rest, n);
		const uint8_t *equals = word.len ? memchr(word.at, '=', word.len) : NULL;
		const struct bytes value = equals ? bytes_cut(word, (size_t)(equals - word.at) + 1, word.len) : dockerfile_word(i->rest, 1);
		char name[128];

		if (!word.len || (old && n > 0))
			return;
		copy(name, sizeof name, equals ? bytes_cut(word, 0, (size_t)(equals - word.at)) : word);
		if (!view_is_telling(name))
			continue;
		/* an argument without a default is given by who builds, and kept in the history once a RUN had it */
		if (is(i, "ARG"))
			b->argument = i;
		if (value.len && *value.at != '$' && !bytes_equal(value, bytes_of("\"\"")) && (equals || is(i, "ENV")))
			view_tell_at(b->view, ITEM_BAKED_SECRET, i->at, i->end - i->at, i->word, "%s is written out", name);
		else if (is(i, "ENV") && value.len && *value.at == '$')
			view_tell_at(b->view, ITEM_BUILD_SECRET, i->at, i->end - i->at, i->word, "%s is kept in the image's configuration", name);
	}
}

static bool
installs(const char *text, const char *package)
{
	const size_t len = strlen(package);

	for (const char *at = text; (at = strstr(at, package)); at += len)
		if (at > text && strchr(" \t\n", at[-1]) && (!at[len] || strchr(" \t\n;&\\=", at[len])))
			return true;
	return false;
}

static void
check_run(struct building *b, const struct instruction *i)
{
	static const char *const tools[] = { "gcc", "g++", "build-essential", "make", "git", "build-base", "clang", NULL };
	const char *const text[] = { i->rest, i->heredoc };

	if (b->argument) {
		tell(b, ITEM_BUILD_SECRET, b->argument, "a RUN after it has its value");
		b->argument = NULL;
	}
	if (i->stage != b->target)
		return;
	for (unsigned t = 0; t < 2; t++) {
		const char *apt = strstr(text[t], "apt-get install"), *apk = strstr(text[t], "apk add");
		const char *install = apt ? apt : apk ? apk : strstr(text[t], "apt install");

		for (unsigned n = 0; install && tools[n]; n++)
			if (installs(install, tools[n]) && !strstr(text[t], "apk del") && !strstr(text[t], "purge")) {
				view_tell_at(b->view, ITEM_MULTI_STAGE, i->at, i->end - i->at, i->word, "%s is installed", tools[n]);
				break;
			}
		if ((apt && !strstr(text[t], "/var/lib/apt/lists") && !strstr(i->rest, "target=/var/lib/apt")) ||
		    (apk && !strstr(text[t], "--no-cache") && !strstr(text[t], "/var/cache/apk")))
			tell(b, ITEM_MULTI_STAGE, i, "what the package manager downloaded stays");
	}
}

static void
check_one(struct building *b, const struct instruction *i)
{
	if (is(i, "FROM")) {
		b->argument = NULL;
		check_reference(b, i, dockerfile_argument(i, 0));
		if (i->stage == b->target)
			check_base(b, i);
	} else if (is(i, "COPY") || is(i, "ADD")) {
		check_copy(b, i);
	} else if (is(i, "ENV") || is(i, "ARG") || is(i, "LABEL")) {
		check_values(b, i);
	} else if (is(i, "RUN")) {
		check_run(b, i);
	} else if (is(i, "VOLUME") && strstr(i->rest, ".sock")) {
		tell(b, ITEM_DOCKER_SOCKET, i, "a socket as a volume");
	}
}

void
dockerfile_check(const struct view *v)
{
	struct building b = { .view = v };
	const struct instruction *from = NULL;
	bool labelled = false;

	if (dockerfile_read(&b.file, v->text) == 0 && b.file.stages) {
		b.target = b.file.stages;
		for (const struct instruction *i = b.file.first; i; i = i->next) {
			check_one(&b, i);
			from = is(i, "FROM") ? i : from;
			labelled |= is(i, "LABEL") && strstr(i->rest, "org.opencontainers.image.source");
		}
		check_user(&b);
		if (!last_of(&b, b.target, "HEALTHCHECK"))
			tell(&b, ITEM_HEALTHCHECK, from, "no HEALTHCHECK");
		if (!labelled)
			tell(&b, ITEM_LABELS, from, "no org.opencontainers.image.source");
	}
	dockerfile_done(&b.file);
}
