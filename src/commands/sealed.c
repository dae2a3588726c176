#include "commands/sealed.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/replace.h"

#define SUFFIX ".sealed"

int
sealed_read(struct vault *v, const char *path, struct sealed *s)
{
	*s = (struct sealed){ .path = strdup(path) };
	buf_init(&s->text);
	if (!s->path) {
		error_set(v->err, ERROR_INTERNAL, "out of memory");
		s->status = SEAL_IO;
	} else if (io_read_path(path, SEAL_FILE_MAX, &s->text, v->err) < 0) {
		s->status = v->err->code == ERROR_LIMIT ? SEAL_SIZE : SEAL_IO;
		if (s->status == SEAL_SIZE)
			error_set(v->err, ERROR_LIMIT, "%s: size: %s", path, seal_status_fix(SEAL_SIZE));
	} else {
		s->status = seal_file_parse((const char *)s->text.at, s->text.len, &s->file, v->err);
		if (s->status != SEAL_OK)
			error_wrap(v->err, "%s", path);
	}
	if (s->status != SEAL_OK)
		memcpy(s->why, v->err->text, sizeof s->why);
	return s->status;
}

void
sealed_done(struct sealed *s)
{
	free(s->path);
	buf_done(&s->text);
	s->path = NULL;
}

static int
add(struct vault *v, struct sealed_list *l, const char *path)
{
	struct sealed *more = realloc(l->at, (l->count + 1) * sizeof *more);

	if (!more) {
		error_set(v->err, ERROR_INTERNAL, "out of memory");
		return SEAL_IO;
	}
	l->at = more;
	sealed_read(v, path, &l->at[l->count]);
	if (!l->at[l->count].path)
		return SEAL_IO;
	/* what is wrong with it is kept there */
	v->err->text[0] = 0;
	l->count++;
	return SEAL_OK;
}

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
is_sealed(const FTSENT *e)
{
	const size_t n = e->fts_namelen, suffix = sizeof SUFFIX - 1;

	return n > suffix && strcmp(e->fts_name + n - suffix, SUFFIX) == 0;
}

static int
walk(struct vault *v, const char *path, struct sealed_list *l)
{
	char *const roots[] = { (char *)path, NULL };
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_COMFOLLOW, by_name);
	int r = fts ? SEAL_OK : SEAL_IO;
	FTSENT *e;

	if (!fts)
		error_set(v->err, errno, "open %s:", path);
	while (r == SEAL_OK && (e = fts_read(fts))) {
		if (e->fts_info == FTS_D && strcmp(e->fts_name, ".git") == 0)
			fts_set(fts, e, FTS_SKIP);
		else if (e->fts_info == FTS_F && is_sealed(e))
			r = add(v, l, e->fts_path);
		else if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR || e->fts_info == FTS_NS) {
			error_set(v->err, e->fts_errno, "open %s:", e->fts_path);
			r = SEAL_IO;
		}
	}
	if (fts)
		fts_close(fts);
	return r;
}

static int
gather_one(struct vault *v, const char *path, struct sealed_list *l)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		error_set(v->err, errno, "open %s:", path);
		return SEAL_IO;
	}
	if (S_ISDIR(st.st_mode))
		return walk(v, path, l);
	return S_ISREG(st.st_mode) ? add(v, l, path) : vault_usage(v, "%s is no regular file", path);
}

int
sealed_gather(struct vault *v, const char *const *paths, size_t count, struct sealed_list *l)
{
	int r = SEAL_OK;

	*l = (struct sealed_list){ 0 };
	if (count == 0)
		return vault_usage(v, "name sealed files, or folders of them");
	for (size_t i = 0; r == SEAL_OK && i < count; i++)
		r = gather_one(v, paths[i], l);
	return r;
}

void
sealed_list_done(struct sealed_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		sealed_done(&l->at[i]);
	free(l->at);
	*l = (struct sealed_list){ 0 };
}

int
sealed_write(struct vault *v, const char *path, const char *text, size_t len, bool replace)
{
	return replace_file(path, text, len, 0644, replace, true, v->err) < 0 ? vault_failed(v) : SEAL_OK;
}

int
sealed_set(struct vault *v, const char *path, struct seal_set *set)
{
	struct buf text;
	int r;

	buf_init(&text);
	if (io_read_path(path, SEAL_LIST_MAX, &text, v->err) < 0) {
		r = v->err->code == ERROR_LIMIT ? SEAL_SET_SIZE : SEAL_IO;
		if (r == SEAL_SET_SIZE)
			error_set(v->err, ERROR_LIMIT, "%s: set-size: %s", path, seal_status_fix(SEAL_SET_SIZE));
	} else {
		r = seal_set_parse((const char *)text.at, text.len, set, v->err);
		if (r != SEAL_OK)
			error_wrap(v->err, "%s", path);
	}
	buf_done(&text);
	return r;
}
