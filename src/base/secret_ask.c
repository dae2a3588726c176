/* Asking a person at the terminal. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <stanch/error.h>

#include "base/io.h"
#include "base/secret.h"

static volatile sig_atomic_t caught;

static void
on_signal(int number)
{
	caught = number;
}

/* one line without its LF; -1 with errno, EINTR when a signal came */
static ssize_t
read_line(int fd, uint8_t *to, size_t max)
{
	size_t n = 0;
	uint8_t c;

	for (;;) {
		const ssize_t got = read(fd, &c, 1);

		if (got < 0 && (errno != EINTR || caught))
			return -1;
		if (got == 0 || (got > 0 && c == '\n'))
			break;
		if (got > 0 && n < max)
			to[n++] = c;
		else if (got > 0) {
			errno = EMSGSIZE;
			return -1;
		}
	}
	c = 0;
	return (ssize_t)n;
}

/* without echo, and with the terminal as before whatever happens */
static ssize_t
read_hidden(int fd, uint8_t *to, size_t max)
{
	struct sigaction handle = { .sa_handler = on_signal }, interrupt, terminate, hangup;
	struct termios before, hidden;
	ssize_t n;

	if (tcgetattr(fd, &before) < 0)
		return -1;
	caught = 0;
	sigaction(SIGINT, &handle, &interrupt);
	sigaction(SIGTERM, &handle, &terminate);
	sigaction(SIGHUP, &handle, &hangup);
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	n = tcsetattr(fd, TCSAFLUSH, &hidden) < 0 ? -1 : read_line(fd, to, max);
	tcsetattr(fd, TCSAFLUSH, &before);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &terminate, NULL);
	sigaction(SIGHUP, &hangup, NULL);
	if (caught)
		raise(caught);
	return n;
}

int
secret_ask(const char *prompt, size_t max, uint8_t **out, size_t *len, struct error *err)
{
	int fd __attribute__((cleanup(io_close))) = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	uint8_t *at;
	ssize_t n;

	if (fd < 0)
		return error_set(err, ERROR_USAGE, "there is no terminal to ask on; give it as a file, on standard input or as fd:N");
	at = secret_new(max);
	if (!at)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	io_write_full(fd, prompt, strlen(prompt));
	n = read_hidden(fd, at, max);
	io_write_full(fd, "\n", 1);
	if (n < 0) {
		error_set(err, errno == EMSGSIZE ? ERROR_LIMIT : errno, errno == EMSGSIZE ? "that is too long to be typed" : "reading the terminal:");
		secret_free(at);
		return -1;
	}
	*out = at;
	*len = (size_t)n;
	return 0;
}
