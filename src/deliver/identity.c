#include "deliver/identity.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/secret.h"
#include "deliver/arguments.h"
#include "deliver/places.h"

static enum seal_status
io(struct error *err)
{
	error_wrap(err, "%s", err->code == ERROR_USAGE ? "usage" : "io");
	return err->code == ERROR_USAGE ? SEAL_USAGE : SEAL_IO;
}

/* a key that others can read, or change, is no key of ours alone */
static int
check_mode(int fd, const char *shown, mode_t widest, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set(err, errno, "look at the identity %.100s:", shown);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return error_set(err, EPERM, "the identity %.100s belongs to user %u; make it belong to root or to user %u:", shown, (unsigned)st.st_uid,
			(unsigned)geteuid());
	if (st.st_mode & 0077 & ~widest)
		return error_set(err, EPERM, "the identity %.100s has mode %04o, so others may read it; chmod 0400, or defaultMode: 0440 in a Secret volume:", shown,
			st.st_mode & 07777);
	return 0;
}

/* keys as they are read: 32 bytes each, in a row */
struct keys {
	uint8_t *at;
	size_t count;
};

static enum seal_status
parse(const char *text, size_t len, const char *shown, struct keys *keys, struct error *err)
{
	size_t more = 0;
	const enum seal_status s = seal_key_list(SEAL_KEY_IDENTITY, text, len, keys->at + keys->count * SEAL_KEY_BYTES, SEAL_IDENTITIES_MAX - keys->count,
		&more, err);

	if (s != SEAL_OK)
		error_wrap(err, "the identity %.100s", shown);
	keys->count += more;
	return s;
}

static enum seal_status
read_fd(int fd, const char *shown, struct keys *keys, struct error *err)
{
	enum seal_status s;
	uint8_t *text;
	size_t len;

	if (secret_read_fd(fd, shown, 4096, &text, &len, err) < 0)
		return io(err);
	s = parse((const char *)text, len, shown, keys, err);
	secret_free(text);
	return s;
}

static enum seal_status
read_file(const struct where *w, mode_t widest, struct keys *keys, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = places_read(w, err);

	if (fd < 0 || check_mode(fd, w->shown, widest, err) < 0)
		return io(err);
	return read_fd(fd, w->shown, keys, err);
}

static enum seal_status
read_one(const struct identity_from *from, const struct where *w, mode_t widest, struct keys *keys, struct error *err)
{
	const char *text;

	switch (from->kind) {
	case IDENTITY_FILE:
		return read_file(w, widest, keys, err);
	case IDENTITY_FD:
		/* a plain file is read from its beginning by every round; a pipe only once */
		lseek(from->fd, 0, SEEK_SET);
		return read_fd(from->fd, "from a descriptor", keys, err);
	case IDENTITY_ENV:
		text = getenv(from->text);
		if (text)
			return parse(text, strlen(text), from->text, keys, err);
		error_set(err, ERROR_USAGE, "the variable %.100s, which should hold an identity, is not set", from->text);
		return io(err);
	}
	return SEAL_USAGE;
}

enum seal_status
identity_read(const struct arguments *o, const struct places *p, uint8_t **keys, size_t *count, struct error *err)
{
	struct keys all = { secret_new(SEAL_IDENTITIES_MAX * SEAL_KEY_BYTES), 0 };
	enum seal_status s = SEAL_OK;

	if (!all.at) {
		error_set(err, ERROR_INTERNAL, "out of memory reading identities");
		return io(err);
	}
	for (size_t i = 0; s == SEAL_OK && i < o->identity_count; i++)
		s = read_one(&o->identities[i], &p->identities[i], o->identity_mode, &all, err);
	if (s != SEAL_OK) {
		secret_free(all.at);
		return s;
	}
	*keys = all.at;
	*count = all.count;
	return s;
}
