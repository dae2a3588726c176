#include "deliver/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "deliver/place.h"

#define DEPTH_MAX 9             /* a name has at most eight parts */
#define SUFFIX ".sealed"

static enum seal_status
io(struct error *err)
{
	error_wrap(err, "%s", err->code == ERROR_USAGE ? "usage" : "io");
	return err->code == ERROR_USAGE ? SEAL_USAGE : SEAL_IO;
}

static enum seal_status
memory(struct error *err)
{
	error_set(err, ERROR_INTERNAL, "out of memory reading sealed files");
	return io(err);
}

static bool
is_sealed(const char *name)
{
	const size_t len = strlen(name);

	return len > strlen(SUFFIX) && strcmp(name + len - strlen(SUFFIX), SUFFIX) == 0;
}

/* what may be shown of a name that anybody may have chosen */
static void
make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* another file's place in the list */
static struct folder_file *
add(struct folder *f)
{
	if (f->count == f->cap) {
		const size_t cap = f->cap ? 2 * f->cap : 32;
		struct folder_file *more = realloc(f->at, cap * sizeof *more);

		if (!more)
			return NULL;
		f->at = more;
		f->cap = cap;
	}
	f->at[f->count] = (struct folder_file){ 0 };
	return &f->at[f->count++];
}

static enum seal_status
read_text(struct folder_file *to, int fd, const struct stat *st, struct error *err)
{
	const size_t size = (size_t)st->st_size;
	ssize_t n;

	to->text = malloc(size + 1);
	if (!to->text)
		return memory(err);
	n = io_read_full(fd, to->text, size + 1);
	if (n < 0) {
		error_set(err, errno, "read %.150s:", to->path);
		return io(err);
	}
	/* longer by now, and so perhaps too long: the length alone says so to the parser */
	to->len = (size_t)n;
	return SEAL_OK;
}

static enum seal_status
read_file(struct folder *f, int dir, const char *name, const char *path, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = -1;
	struct folder_file *to;
	struct stat st;

	if (f->count == SEAL_SET_FILES_MAX) {
		error_set(err, ERROR_LIMIT, "set-extra: there are more sealed files than a set can name, %d; move some away", SEAL_SET_FILES_MAX);
		return SEAL_SET_EXTRA;
	}
	to = add(f);
	if (!to || !(to->path = strdup(path)))
		return memory(err);
	make_printable(to->path);
	fd = place_open(dir, name, O_RDONLY, 0);
	if (fd < 0 || fstat(fd, &st) < 0) {
		error_set(err, errno, "open %.150s%s:", to->path, errno == ELOOP ? ", a link, which is not followed" : "");
		return io(err);
	}
	if (!S_ISREG(st.st_mode)) {
		error_set(err, ERROR_USAGE, "%.150s is no plain file", to->path);
		return io(err);
	}
	if (st.st_size > SEAL_FILE_MAX) {
		error_set(err, ERROR_LIMIT, "size: %.150s: %s", to->path, seal_status_fix(SEAL_SIZE));
		return SEAL_SIZE;
	}
	return read_text(to, fd, &st, err);
}

static enum seal_status read_folder(struct folder *, int dir, const char *path, int depth, struct error *);

static enum seal_status
read_entry(struct folder *f, int dir, const struct dirent *e, const char *path, int depth, struct error *err)
{
	int sub __attribute__((cleanup(io_close))) = -1;

	if (e->d_type == DT_DIR || e->d_type == DT_UNKNOWN)
		sub = place_open(dir, e->d_name, O_RDONLY | O_DIRECTORY, 0);
	if (sub >= 0)
		return read_folder(f, sub, path, depth + 1, err);
	if (e->d_type == DT_DIR) {
		error_set(err, errno, "open the folder %.150s:", path);
		return io(err);
	}
	return is_sealed(e->d_name) ? read_file(f, dir, e->d_name, path, err) : SEAL_OK;
}

static enum seal_status
read_folder(struct folder *f, int dir, const char *under, int depth, struct error *err)
{
	const int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	enum seal_status s = SEAL_OK;
	struct dirent *e;

	if (!d || depth > DEPTH_MAX) {
		error_set(err, d ? ELOOP : errno, "read the folder %.150s of sealed files:", *under ? under : ".");
		s = io(err);
	}
	while (s == SEAL_OK && (errno = 0, e = readdir(d))) {
		char path[PATH_MAX];

		/* generations of volumes, and the like, begin with dots */
		if (e->d_name[0] == '.')
			continue;
		if (snprintf(path, sizeof path, "%s%s%s", under, *under ? "/" : "", e->d_name) < (int)sizeof path)
			s = read_entry(f, dir, e, path, depth, err);
	}
	if (s == SEAL_OK && errno != 0) {
		error_set(err, errno, "read the folder %.150s of sealed files:", *under ? under : ".");
		s = io(err);
	}
	if (d)
		closedir(d);
	else
		io_close(&(int){ fd });
	return s;
}

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct folder_file *)a)->path, ((const struct folder_file *)b)->path);
}

enum seal_status
folder_read(struct folder *f, int dir, struct error *err)
{
	int base __attribute__((cleanup(io_close))) = place_data(dir, "the sealed folder", err);
	enum seal_status s;

	*f = (struct folder){ 0 };
	if (base < 0)
		return io(err);
	s = read_folder(f, base, "", 0, err);
	/* of several refusals the same one is told each time */
	if (s == SEAL_OK)
		qsort(f->at, f->count, sizeof *f->at, by_path);
	return s;
}

enum seal_status
folder_parse(struct folder *f, struct error *err)
{
	f->files = calloc(f->count ? f->count : 1, sizeof *f->files);
	if (!f->files)
		return memory(err);
	for (size_t i = 0; i < f->count; i++) {
		const enum seal_status s = seal_file_parse(f->at[i].text, f->at[i].len, &f->files[i], err);

		if (s != SEAL_OK) {
			error_wrap(err, "%.60s", f->at[i].path);
			return s;
		}
	}
	return SEAL_OK;
}

void
folder_done(struct folder *f)
{
	for (size_t i = 0; i < f->count; i++) {
		free(f->at[i].path);
		free(f->at[i].text);
	}
	free(f->at);
	free(f->files);
	*f = (struct folder){ 0 };
}
