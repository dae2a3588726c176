/* fuzz_auditlog.c: the reader of audit logs, over anything, and over good logs that are changed in one place. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/io.h"
#include "deliver/auditlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* a file in memory with these bytes, appending, as the log is opened */
static int
file_of(const void *data, size_t size)
{
	int fd = memfd_create("log", MFD_CLOEXEC);

	if (fd < 0 || io_write_full(fd, data, size) < 0 || fcntl(fd, F_SETFL, O_APPEND) < 0)
		abort();
	return fd;
}

static void
change_a_good_one(const uint8_t *data, size_t size)
{
	const struct auditlog_event e = { .what = "opened", .name = "db/password", .version = size };
	char text[8192];
	uint8_t last[AUDITLOG_HASH];
	struct auditlog log;
	struct error err;
	uint64_t lines;
	ssize_t n;
	int fd = file_of("", 0);

	auditlog_init(&log, fd);
	for (int i = 0; i < 3; i++)
		if (auditlog_add(&log, &e, 1800000000, &err) < 0)
			abort();
	n = pread(fd, text, sizeof text, 0);
	close(fd);
	if (auditlog_check(text, (size_t)n, &lines, last, &err) < 0 || lines != 3)
		abort();
	if (size < 3 || data[2] == 0)
		return;
	text[(size_t)(data[0] << 8 | data[1]) % (size_t)n] ^= (char)data[2];
	if (auditlog_check(text, (size_t)n, &lines, last, &err) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t last[AUDITLOG_HASH];
	struct auditlog log;
	struct error err;
	uint64_t lines;
	bool torn;
	int fd;

	if (seal_init() < 0)
		return 0;
	auditlog_check((const char *)data, size, &lines, last, &err);
	fd = file_of(data, size);
	if (auditlog_resume(&log, fd, &torn, &err) == 0 && auditlog_add(&log, &(struct auditlog_event){ .what = "opened" }, 0, &err) < 0)
		abort();
	close(fd);
	change_a_good_one(data, size);
	return 0;
}
