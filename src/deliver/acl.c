#include "deliver/acl.h"

#include <endian.h>
#include <errno.h>
#include <linux/posix_acl_xattr.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <stanch/error.h>

#define ATTRIBUTE "system.posix_acl_access"
#define NO_ID 0xffffffffu

enum { TAG_OWNER = 0x01, TAG_USER = 0x02, TAG_OWNING_GROUP = 0x04, TAG_GROUP = 0x08, TAG_MASK = 0x10, TAG_OTHER = 0x20 };

struct list {
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry entries[ACL_GRANTS_MAX + 4];
	size_t count;
};

static void
add(struct list *l, unsigned tag, unsigned perm, uint32_t id)
{
	l->entries[l->count++] = (struct posix_acl_xattr_entry){ htole16((uint16_t)tag), htole16((uint16_t)perm), htole32(id) };
}

static size_t
list_size(const struct list *l)
{
	return sizeof l->header + l->count * sizeof l->entries[0];
}

static int
by_id(const void *a, const void *b)
{
	const struct posix_acl_xattr_entry *x = a, *y = b;
	const uint32_t i = le32toh(x->e_id), j = le32toh(y->e_id);

	return i < j ? -1 : i > j;
}

/* the named users, or the named groups, in the ascending order that the kernel asks for, each once */
static void
add_named(struct list *l, bool groups, unsigned perm, const char *name, const struct grant *grants, size_t count)
{
	const size_t from = l->count;
	size_t to = from;

	for (size_t i = 0; i < count; i++)
		if (grants[i].group == groups && (!name || !grants[i].name || strcmp(grants[i].name, name) == 0))
			add(l, groups ? TAG_GROUP : TAG_USER, perm, grants[i].id);
	qsort(l->entries + from, l->count - from, sizeof l->entries[0], by_id);
	for (size_t i = from; i < l->count; i++)
		if (to == from || by_id(&l->entries[i], &l->entries[to - 1]) != 0)
			l->entries[to++] = l->entries[i];
	l->count = to;
}

/* false where the mode alone says all */
static bool
list_make(struct list *l, bool folder, mode_t mode, const char *name, const struct grant *grants, size_t count)
{
	const unsigned read = folder ? 05 : 04;
	size_t plain;

	*l = (struct list){ .header.a_version = htole32(POSIX_ACL_XATTR_VERSION) };
	if (count > ACL_GRANTS_MAX)
		count = ACL_GRANTS_MAX;
	add(l, TAG_OWNER, mode >> 6 & 07, NO_ID);
	plain = l->count;
	add_named(l, false, read, name, grants, count);
	add(l, TAG_OWNING_GROUP, mode >> 3 & 07, NO_ID);
	add_named(l, true, read, name, grants, count);
	if (l->count == plain + 1)
		return false;
	add(l, TAG_MASK, read | (mode >> 3 & 07), NO_ID);
	add(l, TAG_OTHER, mode & 07, NO_ID);
	return true;
}

int
acl_set(int fd, mode_t mode, const char *name, const struct grant *grants, size_t count, struct error *err)
{
	struct list list;
	struct stat st;

	if (fstat(fd, &st) < 0 || fchmod(fd, mode) < 0)
		return error_set(err, errno, "set the mode of %.100s:", name ? name : "the target");
	if (list_make(&list, S_ISDIR(st.st_mode), mode, name, grants, count)) {
		if (fsetxattr(fd, ATTRIBUTE, &list, list_size(&list), 0) < 0)
			return error_set(err, errno, "grant reading %.100s (does this tmpfs know POSIX access lists?):", name ? name : "the target");
	} else if (fremovexattr(fd, ATTRIBUTE) < 0 && errno != ENODATA && errno != EOPNOTSUPP && errno != ENOSYS) {
		return error_set(err, errno, "take inherited rights from %.100s:", name ? name : "the target");
	}
	return 0;
}

bool
acl_is(int fd, mode_t mode, const char *name, const struct grant *grants, size_t count)
{
	struct list want, have;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return false;
	n = fgetxattr(fd, ATTRIBUTE, &have, sizeof have.header + sizeof have.entries);
	if (!list_make(&want, S_ISDIR(st.st_mode), mode, name, grants, count))
		return n < 0 && (st.st_mode & 07777) == mode;
	return n == (ssize_t)list_size(&want) && memcmp(&want, &have, (size_t)n) == 0;
}
