#include "report/later.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "report/report.h"

#define SHARE (1u << 20)

void
later_init(struct later *l)
{
	*l = (struct later){ .fd = -1 };
}

void
later_done(struct later *l)
{
	buf_done(&l->text);
	if (l->fd >= 0)
		close(l->fd);
	later_init(l);
}

/* A file in the folder for such; where a sandbox forbids that, one in memory. */
static int
nameless(void)
{
	const char *folder = getenv("TMPDIR");
	int fd = open(folder && *folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fd = memfd_create("stanch-report", MFD_CLOEXEC);
	return fd < 0 ? -2 : fd;
}

void
later_settle(struct later *l)
{
	if (l->text.len < SHARE || l->fd == -2)
		return;
	if (l->fd == -1)
		l->fd = nameless();
	if (l->fd < 0)
		return;
	if (!l->failed && io_write_full(l->fd, l->text.at, l->text.len) != 0)
		l->failed = errno;
	l->spilled += l->text.len;
	l->text.len = 0;
}

static int
copy_spilled(struct later *l, struct report *r)
{
	uint64_t at = 0;

	while (at < l->spilled) {
		uint8_t *room = buf_room(&r->out, 1u << 16);
		ssize_t n = room ? pread(l->fd, room, 1u << 16, (off_t)at) : -1;

		if (!room)
			return ENOMEM;
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? errno : EIO;
		r->out.len += (size_t)n;
		at += (uint64_t)n;
		report_flush(r);
	}
	return 0;
}

void
later_write(struct later *l, struct report *r)
{
	if (!l->failed && l->spilled)
		l->failed = copy_spilled(l, r);
	if (!l->failed && l->text.failed)
		l->failed = ENOMEM;
	if (!r->failed)
		r->failed = l->failed;
	buf_add(&r->out, l->text.at, l->text.len);
	report_flush(r);
}
