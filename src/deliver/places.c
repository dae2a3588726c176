#include "deliver/places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "deliver/arguments.h"
#include "deliver/place.h"
#include "deliver/tmpfs.h"

static int
open_where(struct where *w, const char *path, struct error *err)
{
	w->shown = path;
	w->dir = place_parent(path, &w->name, err);
	return w->dir < 0 ? -1 : 0;
}

/* what says whom to trust must not come from where an attacker may write */
static int
refuse_beneath(const struct where *w, const char *what, int sealed, struct error *err)
{
	if (!place_within(w->dir, sealed))
		return 0;
	return error_set(err, ERROR_USAGE, "the %s file must not lie beneath the sealed folder, where who may change one may change the other", what);
}

static int
open_sources(struct places *p, const struct arguments *o, struct error *err)
{
	p->sealed = place_folder(o->sealed, err);
	if (p->sealed < 0 || open_where(&p->signers, o->signers, err) < 0 || refuse_beneath(&p->signers, "signers", p->sealed, err) < 0)
		return -1;
	if (o->set && open_where(&p->set, o->set, err) < 0)
		return -1;
	if (!o->set)
		p->set = (struct where){ fcntl(p->sealed, F_DUPFD_CLOEXEC, 3), "stanch.set", "stanch.set" };
	if (o->pin_file && (open_where(&p->pin, o->pin_file, err) < 0 || refuse_beneath(&p->pin, "pin", p->sealed, err) < 0))
		return -1;
	for (size_t i = 0; i < o->identity_count; i++)
		if (o->identities[i].kind == IDENTITY_FILE && open_where(&p->identities[i], o->identities[i].text, err) < 0)
			return -1;
	return 0;
}

static int
open_templates(struct places *p, const struct arguments *o, struct error *err)
{
	if (o->template_count == 0)
		return 0;
	p->templates = calloc(o->template_count, sizeof *p->templates);
	if (!p->templates)
		return error_set(err, ERROR_INTERNAL, "out of memory opening templates");
	for (size_t i = 0; i < o->template_count; i++) {
		p->templates[p->template_count++].dir = -1;
		if (open_where(&p->templates[i], o->templates[i].source, err) < 0)
			return -1;
	}
	return 0;
}

/* the folder, made where only it is missing: mode 0700, so that it is ours */
static int
open_target(struct places *p, const char *path, struct error *err)
{
	char trimmed[PATH_MAX];
	struct where at;
	size_t len = strlen(path);

	while (len > 1 && path[len - 1] == '/')
		len--;
	snprintf(trimmed, sizeof trimmed, "%.*s", (int)len, path);
	p->target = open(trimmed, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (p->target < 0 && errno == ENOENT && open_where(&at, trimmed, err) == 0) {
		if (!tmpfs_is(at.dir))
			error_set(err, ERROR_USAGE, "%.100s is not there, and its parent is on a disk, not in memory; mount a tmpfs there, or give --mount", path);
		else if (mkdirat(at.dir, at.name, 0700) < 0 && errno != EEXIST)
			error_set(err, errno, "make the folder %.150s:", path);
		else
			p->target = place_open(at.dir, at.name, O_RDONLY | O_DIRECTORY, 0);
		close(at.dir);
		if (p->target < 0)
			return err->text[0] ? -1 : error_set(err, errno, "open the folder %.150s:", path);
	}
	if (p->target < 0)
		return error_set(err, errno, "open the folder %.150s:", path);
	return tmpfs_check(p->target, path, err);
}

static int
open_audit(struct places *p, const char *path, struct error *err)
{
	struct stat st;

	p->audit = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0600);
	if (p->audit < 0 || fstat(p->audit, &st) < 0)
		return error_set(err, errno, "open the audit log %.150s:", path);
	return S_ISREG(st.st_mode) ? 0 : error_set(err, ERROR_USAGE, "the audit log %.150s must be a plain file", path);
}

void
places_init(struct places *p)
{
	*p = (struct places){ .sealed = -1, .target = -1, .audit = -1, .set.dir = -1, .signers.dir = -1, .pin.dir = -1 };
	for (size_t i = 0; i < SEAL_IDENTITIES_MAX; i++)
		p->identities[i].dir = -1;
}

int
places_open(struct places *p, const struct arguments *o, struct error *err)
{
	err->text[0] = '\0';
	if (open_sources(p, o, err) < 0 || open_templates(p, o, err) < 0)
		return -1;
	if (o->to && open_target(p, o->to, err) < 0)
		return -1;
	return o->audit ? open_audit(p, o->audit, err) : 0;
}

void
places_close(struct places *p)
{
	int *const all[] = { &p->sealed, &p->target, &p->audit, &p->set.dir, &p->signers.dir, &p->pin.dir };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		io_close(all[i]);
	for (size_t i = 0; i < SEAL_IDENTITIES_MAX; i++)
		io_close(&p->identities[i].dir);
	for (size_t i = 0; i < p->template_count; i++)
		io_close(&p->templates[i].dir);
	free(p->templates);
}

int
places_read(const struct where *w, struct error *err)
{
	int base __attribute__((cleanup(io_close))) = place_data(w->dir, ".", err);
	struct stat st;
	int fd;

	if (base < 0)
		return error_wrap(err, "%.100s", w->shown);
	fd = place_open(base, w->name, O_RDONLY, 0);
	if (fd < 0 && errno == ELOOP)
		return error_set(err, ELOOP, "open %.150s: it is a link, which is not followed; name the file itself", w->shown);
	if (fd < 0)
		return error_set(err, errno, "open %.150s:", w->shown);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		error_set(err, ERROR_USAGE, "%.150s is no plain file", w->shown);
		close(fd);
		return -1;
	}
	return fd;
}
