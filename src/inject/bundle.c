#include "inject/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"

#define DEPTH_MAX 8
/* a config map holds 1 MiB in all; its own names and quotes take some */
#define KEY_MAX 240
#define DATA_MAX ((size_t)1000000)

static const char set_name[] = "stanch.set";

static int
lack(struct error *err)
{
	return error_set(err, ERROR_INTERNAL, "out of memory");
}

static int
read_at(int dir, const char *name, size_t max, struct buf *text, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, errno, "open %.150s:", name);
	if (!S_ISREG(st.st_mode))
		return error_set(err, ERROR_UNSUPPORTED, "%.150s is no regular file", name);
	return io_read_fd(fd, name, max, text, err);
}

/* "db/password.sealed" as the key of a config map: db.password.sealed, numbered where that is taken */
static int
keep(struct bundle *b, const char *file, const char *text, struct error *err)
{
	char key[640];

	if (strlen(file) > KEY_MAX)
		return error_set(err, ERROR_LIMIT, "%.100s...: the name is too long for the key of a config map", file);
	for (unsigned i = 1; i < SEAL_SET_FILES_MAX; i++) {
		if (i == 1)
			snprintf(key, sizeof key, "%s", file);
		else
			snprintf(key, sizeof key, "%.*s-%u.sealed", (int)(strlen(file) - strlen(".sealed")), file, i);
		for (char *c = key; *c; c++)
			if (!strchr("-._", *c) && !(*c >= '0' && *c <= '9') && !(*c >= 'a' && *c <= 'z') && !(*c >= 'A' && *c <= 'Z'))
				*c = '.';
		if (!json_object_get(b->data, key))
			return json_object_set_new(b->data, key, json_string(text)) < 0 ? lack(err) : 0;
	}
	return lack(err);
}

static int
take_sealed(struct bundle *b, const char *file, struct buf *text, struct error *err)
{
	const char *s = buf_str(text);
	char **more = realloc(b->names, (b->count + 2) * sizeof *more);
	struct seal_file sealed;

	if (!more)
		return lack(err);
	b->names = more;
	b->names[b->count] = NULL;
	if (seal_file_parse(s, text->len, &sealed, err) != SEAL_OK)
		return error_wrap(err, "%.100s", file);
	b->names[b->count] = strdup(sealed.header.name);
	if (!b->names[b->count])
		return lack(err);
	b->names[++b->count] = NULL;
	if (b->count > SEAL_SET_FILES_MAX)
		return error_set(err, ERROR_LIMIT, "more than %d sealed files are no set", SEAL_SET_FILES_MAX);
	/* a page of memory is the least that a file takes */
	b->opened += sealed.padded_len + 4096;
	return keep(b, file, s, err);
}

static int
take_set(struct bundle *b, const char *file, struct buf *text, struct error *err)
{
	const char *s = buf_str(text);

	if (b->set.count)
		return error_set(err, ERROR_SYNTAX, "%.100s is a second set; one folder holds one", file);
	if (seal_set_parse(s, text->len, &b->set, err) != SEAL_OK)
		return error_wrap(err, "%.100s", file);
	seal_set_pin_format(b->set.pin, b->pin);
	return json_object_set_new(b->data, set_name, json_string(s)) < 0 ? lack(err) : 0;
}

static int read_folder(struct bundle *b, int dir, const char *shown, unsigned depth, struct error *err);

static int
take_entry(struct bundle *b, int dir, const char *prefix, const char *name, unsigned depth, struct error *err)
{
	const size_t len = strlen(name);
	const bool set = strcmp(name, set_name) == 0;
	char file[512];
	struct stat st;
	struct buf text;
	int sub, r;

	if ((size_t)snprintf(file, sizeof file, "%s%s%s", prefix, *prefix ? "/" : "", name) >= sizeof file)
		return error_set(err, ERROR_LIMIT, "%.150s...: the name is too long", file);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return error_set(err, errno, "look at %.150s:", file);
	if (S_ISDIR(st.st_mode)) {
		sub = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
		return sub < 0 ? error_set(err, errno, "open %.150s:", file) : read_folder(b, sub, file, depth + 1, err);
	}
	if (!set && (len <= 7 || strcmp(name + len - 7, ".sealed") != 0))
		return 0;
	buf_init(&text);
	r = read_at(dir, name, set ? SEAL_LIST_MAX : SEAL_FILE_MAX, &text, err);
	if (r == 0)
		r = set ? take_set(b, file, &text, err) : take_sealed(b, file, &text, err);
	buf_done(&text);
	return r;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* closes dir */
static int
read_folder(struct bundle *b, int dir, const char *shown, unsigned depth, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = dir;
	struct dirent **list = NULL;
	const int n = depth > DEPTH_MAX ? -1 : scandirat(fd, ".", &list, visible, by_name);
	int r = n < 0 ? error_set(err, depth > DEPTH_MAX ? ERROR_LIMIT : errno, "read the folder %.150s:", shown) : 0;

	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = take_entry(b, fd, depth ? shown : "", list[i]->d_name, depth, err);
		free(list[i]);
	}
	free(list);
	return r;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* what is delivered is what the set names, no more and no less; digests are compared where it is opened */
static int
check_names(const struct bundle *b, const char *folder, struct error *err)
{
	size_t i = 0;

	while (i < b->count && i < b->set.count && strcmp(b->names[i], b->set.entries[i].name) == 0)
		i++;
	if (i == b->count && i == b->set.count)
		return 0;
	return error_set(err, ERROR_SYNTAX, "%.100s: the sealed files and %s are not of the same names; make the set anew", folder, set_name);
}

int
bundle_read(struct bundle *b, const char *folder, struct error *err)
{
	const int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char *dump;
	size_t len;

	*b = (struct bundle){ .data = json_object() };
	if (seal_init() < 0)
		return error_set(err, ERROR_INTERNAL, "libsodium can't work here");
	if (dir < 0)
		return error_set(err, errno, "open %.150s:", folder);
	if (!b->data || read_folder(b, dir, folder, 0, err) < 0)
		return error_wrap(err, "%.100s", folder);
	if (!b->set.count)
		return error_set(err, ERROR_SYNTAX, "%.100s holds no %s; make it with `stanch set`", folder, set_name);
	if (!b->count)
		return error_set(err, ERROR_SYNTAX, "%.100s holds no *.sealed file", folder);
	qsort(b->names, b->count, sizeof *b->names, compare);
	if (check_names(b, folder, err) < 0)
		return -1;
	dump = json_dumps(b->data, JSON_COMPACT);
	len = dump ? strlen(dump) : 0;
	free(dump);
	if (len > DATA_MAX)
		return error_set(err, ERROR_LIMIT, "%.100s: %zu bytes are more than a config map holds; put the folder into an image and say --sealed image:REFERENCE",
		    folder, len);
	return 0;
}

void
bundle_done(struct bundle *b)
{
	json_decref(b->data);
	for (size_t i = 0; b->names && i < b->count; i++)
		free(b->names[i]);
	free(b->names);
	seal_set_free(&b->set);
	*b = (struct bundle){ 0 };
}
