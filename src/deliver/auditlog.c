#include "deliver/auditlog.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <stanch/error.h>
#include <stanch/seal.h>

#include "base/io.h"

#define HEX (2 * AUDITLOG_HASH)
/* ,"prev":"<hex>" and ,"hash":"<hex>"} */
#define PREV_AT ",\"prev\":\""
#define HASH_AT "\",\"hash\":\""
#define END "\"}"
#define TAIL (sizeof PREV_AT - 1 + HEX + sizeof HASH_AT - 1 + HEX + sizeof END - 1)

void
auditlog_init(struct auditlog *log, int fd)
{
	*log = (struct auditlog){ .fd = fd };
}

/* our own texts hold nothing to be escaped; what would is replaced, so that a line stays a line */
static void
add_text(char *line, size_t *len, const char *key, const char *value)
{
	*len += (size_t)snprintf(line + *len, AUDITLOG_LINE_MAX - *len, "%s\"%s\":\"", *len > 1 ? "," : "", key);
	for (; *value && *len < AUDITLOG_LINE_MAX - TAIL - 64; value++)
		line[(*len)++] = *value < ' ' || *value > '~' || *value == '"' || *value == '\\' ? '?' : *value;
	line[(*len)++] = '"';
}

static void
add_number(char *line, size_t *len, const char *key, uint64_t value)
{
	*len += (size_t)snprintf(line + *len, AUDITLOG_LINE_MAX - *len, ",\"%s\":%" PRIu64, key, value);
}

static size_t
compose(char *line, const struct auditlog *log, const struct auditlog_event *e, int64_t now)
{
	const struct {
		const char *key, *value;
	} texts[] = { { "name", e->name }, { "scope", e->scope }, { "signer", e->signer }, { "set", e->set }, { "status", e->status } };
	char when[24];
	size_t len = 1;

	seal_date_format(now, when);
	line[0] = '{';
	add_text(line, &len, "time", when);
	add_text(line, &len, "event", e->what);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (texts[i].value)
			add_text(line, &len, texts[i].key, texts[i].value);
	if (e->version)
		add_number(line, &len, "version", e->version);
	if (e->epoch)
		add_number(line, &len, "epoch", e->epoch);
	add_number(line, &len, "seq", log->seq + 1);
	return len;
}

int
auditlog_add(struct auditlog *log, const struct auditlog_event *e, int64_t now, struct error *err)
{
	char line[AUDITLOG_LINE_MAX], hex[HEX + 1];
	uint8_t hash[AUDITLOG_HASH];
	size_t len = compose(line, log, e, now);

	sodium_bin2hex(hex, sizeof hex, log->last, sizeof log->last);
	len += (size_t)snprintf(line + len, sizeof line - len, PREV_AT "%s\"", hex);
	crypto_generichash(hash, sizeof hash, (const uint8_t *)line, len, NULL, 0);
	sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
	len += (size_t)snprintf(line + len, sizeof line - len, ",\"hash\":\"%s" END "\n", hex);
	if (io_write_full(log->fd, line, len) < 0)
		return error_set(err, errno, "write the audit log, without which nothing is delivered:");
	memcpy(log->last, hash, sizeof hash);
	log->seq++;
	return 0;
}

static int
hex_at(const char *text, uint8_t out[static AUDITLOG_HASH])
{
	size_t len;

	/* one way to write a hash: lower case */
	for (size_t i = 0; i < HEX; i++)
		if (!strchr("0123456789abcdef", text[i]) || !text[i])
			return -1;
	return sodium_hex2bin(out, AUDITLOG_HASH, text, HEX, NULL, &len, NULL);
}

/* takes a line, without its LF, apart; -1 when it is none of ours or its hash does not hold */
static int
read_line(const char *line, size_t len, uint8_t prev[static AUDITLOG_HASH], uint8_t hash[static AUDITLOG_HASH])
{
	const char *tail = line + len - TAIL;
	uint8_t computed[AUDITLOG_HASH];

	if (len <= TAIL || len > AUDITLOG_LINE_MAX || line[0] != '{' || memcmp(tail, PREV_AT, sizeof PREV_AT - 1) != 0 ||
		hex_at(tail + sizeof PREV_AT - 1, prev) < 0 || memcmp(tail + sizeof PREV_AT - 1 + HEX, HASH_AT, sizeof HASH_AT - 1) != 0 ||
		hex_at(line + len - HEX - 2, hash) < 0 || memcmp(line + len - 2, END, 2) != 0)
		return -1;
	crypto_generichash(computed, sizeof computed, (const uint8_t *)line, len - 2 - HEX - (sizeof HASH_AT - 2), NULL, 0);
	return sodium_memcmp(computed, hash, sizeof computed);
}

/* the number after ,"seq": in front of a line's tail */
static uint64_t
seq_of(const char *line, size_t len)
{
	size_t at = len - TAIL;
	uint64_t seq = 0, unit = 1;

	while (at > 0 && line[at - 1] >= '0' && line[at - 1] <= '9' && unit <= UINT64_C(1000000000000000000)) {
		seq += unit * (uint64_t)(line[--at] - '0');
		unit *= 10;
	}
	return seq;
}

int
auditlog_check(const char *text, size_t len, uint64_t *lines, uint8_t last[static AUDITLOG_HASH], struct error *err)
{
	uint8_t prev[AUDITLOG_HASH], hash[AUDITLOG_HASH];
	uint64_t line = 0;

	memset(last, 0, AUDITLOG_HASH);
	*lines = 0;
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		const size_t n = end ? (size_t)(end - text) : len;

		line++;
		if (!end)
			return error_set(err, ERROR_TRUNCATED, "line %" PRIu64 " is cut short", line);
		if (read_line(text, n, prev, hash) < 0)
			return error_set(err, ERROR_SYNTAX, "line %" PRIu64 " was altered, or is no line of an audit log", line);
		if (memcmp(prev, last, sizeof prev) != 0)
			return error_set(err, ERROR_SYNTAX, "line %" PRIu64 " does not follow the one before: lines were taken out, moved or added", line);
		memcpy(last, hash, AUDITLOG_HASH);
		*lines = line;
		text += n + 1;
		len -= n + 1;
	}
	return 0;
}

/* the last whole line at the end of what was read; its length, 0 without one */
static size_t
last_line(const char *text, size_t len, const char **line)
{
	const char *from = len > 0 ? memrchr(text, '\n', len - 1) : NULL;

	*line = from ? from + 1 : text;
	return len - (size_t)(*line - text);
}

int
auditlog_resume(struct auditlog *log, int fd, bool *torn, struct error *err)
{
	char text[2 * AUDITLOG_LINE_MAX];
	uint8_t prev[AUDITLOG_HASH];
	const char *line;
	struct stat st;
	size_t len;
	ssize_t n;

	auditlog_init(log, fd);
	*torn = false;
	if (flock(fd, LOCK_EX) < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return error_set(err, errno ? errno : EINVAL, "lock the audit log, which must be a plain file:");
	n = pread(fd, text, sizeof text, st.st_size > (off_t)sizeof text ? st.st_size - (off_t)sizeof text : 0);
	if (n < 0)
		return error_set(err, errno, "read the audit log:");
	len = (size_t)n;
	if (len > 0 && text[len - 1] != '\n') {
		/* cut off what a crash left of a line: it was never whole */
		*torn = true;
		len -= last_line(text, len, &line);
		if (len == 0 && st.st_size > (off_t)sizeof text)
			return error_set(err, ERROR_SYNTAX, "the audit log does not end in a line of ours; move it away");
		if (ftruncate(fd, st.st_size - n + (off_t)len) < 0)
			return error_set(err, errno, "mend the audit log:");
	}
	if (len == 0)
		return 0;
	len = last_line(text, len - 1, &line);
	if (read_line(line, len, prev, log->last) < 0)
		return error_set(err, ERROR_SYNTAX, "the audit log's last line was altered; keep it as evidence and name a new file");
	log->seq = seq_of(line, len);
	return 0;
}
