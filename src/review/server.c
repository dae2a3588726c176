#include "review/server.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "review/admission.h"
#include "review/httpd.h"

/* seconds that a slow client gets, and between looks at the certificate's files */
#define CLIENT_SECONDS 10
#define LOOK_SECONDS 2
/* connections at once */
#define CONNECTIONS 1024
#define PEM_MOST ((size_t)1 << 20)
/* the first descriptor that systemd hands over */
#define ACTIVATED 3

struct server {
	struct httpd http;
	const struct server_options *options;
	const struct admission *admission;
	struct MHD_Daemon *daemon;
	struct buf certificate, key;
	struct timespec changed[2];
	int socket;
};

/* A request whose body comes in pieces. */
struct request {
	struct buf body;
	bool too_long;
};

static enum MHD_Result
reply(const struct server *s, struct MHD_Connection *c, unsigned code, const char *type, struct bytes text)
{
	struct MHD_Response *r = s->http.response(text.len, (void *)(uintptr_t)text.at, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result done;

	if (!r)
		return MHD_NO;
	s->http.header(r, "Content-Type", type);
	done = s->http.queue(c, code, r);
	s->http.destroy(r);
	return done;
}

static enum MHD_Result
answer(const struct server *s, struct MHD_Connection *c, const struct request *q)
{
	struct buf out;
	struct error err;
	bool allowed;
	enum MHD_Result done;

	if (q->too_long || q->body.failed)
		return reply(s, c, 413, "text/plain", bytes_of("stanch: the request is longer than is read\n"));
	buf_init(&out);
	if (admission_answer(s->admission, (struct bytes){ q->body.at, q->body.len }, &out, &allowed, &err) == 0) {
		done = reply(s, c, 200, "application/json", (struct bytes){ out.at, out.len });
	} else {
		out.len = 0;
		buf_addf(&out, "stanch: %s\n", err.text);
		done = reply(s, c, err.code == ERROR_SYNTAX ? 400 : 500, "text/plain", bytes_of(buf_str(&out)));
	}
	buf_done(&out);
	return done;
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *c, const char *url, const char *method, const char *version, const char *data, size_t *size,
    void **state)
{
	struct server *s = arg;
	struct request *q = *state;

	(void)version;
	if (strcmp(method, "GET") == 0)
		return strcmp(url, "/healthz") == 0 || strcmp(url, "/readyz") == 0 ? reply(s, c, 200, "text/plain", bytes_of("ok\n"))
		    : reply(s, c, 404, "text/plain", bytes_of("stanch: post an AdmissionReview\n"));
	if (strcmp(method, "POST") != 0)
		return reply(s, c, 405, "text/plain", bytes_of("stanch: post an AdmissionReview\n"));
	if (!q) {
		*state = q = calloc(1, sizeof *q);
		return q ? MHD_YES : MHD_NO;
	}
	if (*size) {
		q->too_long |= q->body.len + *size > ADMISSION_MOST;
		if (!q->too_long)
			buf_add(&q->body, data, *size);
		*size = 0;
		return MHD_YES;
	}
	return answer(s, c, q);
}

/* an object may hold secrets: its text goes as it came */
static void
on_done(void *arg, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct request *q = *state;

	(void)arg;
	(void)c;
	(void)why;
	if (!q)
		return;
	if (q->body.at)
		sodium_memzero(q->body.at, q->body.cap);
	buf_done(&q->body);
	free(q);
	*state = NULL;
}

static int
read_pem(const char *path, struct buf *out, struct timespec *changed, struct error *err)
{
	struct stat st;

	out->len = 0;
	if (io_read_path(path, PEM_MOST, out, err) < 0)
		return -1;
	buf_str(out);
	if (stat(path, &st) == 0)
		*changed = st.st_mtim;
	return out->failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

static int
start(struct server *s, struct error *err)
{
	const bool tls = s->options->certificate;
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned threads = s->options->threads ? s->options->threads : cores > 1 ? (unsigned)cores : 2;
	const struct MHD_OptionItem tls_options[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, s->certificate.at },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, s->key.at },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2" },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };
	const int fd = fcntl(s->socket, F_DUPFD_CLOEXEC, 0);   /* the daemon closes it, also when it can't start */

	if (fd < 0)
		return error_set(err, errno, "duplicate the socket:");
	s->daemon = s->http.start(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | (tls ? MHD_USE_TLS : 0), 0, NULL, NULL, on_request, s,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_TIMEOUT, CLIENT_SECONDS,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
	    MHD_OPTION_ARRAY, tls ? tls_options : none, MHD_OPTION_END);
	return s->daemon ? 0 : error_set(err, ERROR_INTERNAL, tls ? "the server does not start: are certificate and key a pair in PEM?" :
	    "the server does not start");
}

static int
load_certificate(struct server *s, struct error *err)
{
	if (!s->options->certificate)
		return 0;
	if (read_pem(s->options->certificate, &s->certificate, &s->changed[0], err) < 0)
		return -1;
	return read_pem(s->options->key, &s->key, &s->changed[1], err);
}

static bool
same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool
certificate_changed(const struct server *s)
{
	struct stat st[2];

	return s->options->certificate && stat(s->options->certificate, &st[0]) == 0 && stat(s->options->key, &st[1]) == 0 &&
	    !(same(st[0].st_mtim, s->changed[0]) && same(st[1].st_mtim, s->changed[1]));
}

/* a daemon that still has the socket would shut it down for its successor, too */
static void
stop_old(struct server *s)
{
	const MHD_socket fd = s->http.quiesce(s->daemon);

	s->http.stop(s->daemon);
	if (fd >= 0)
		close(fd);
}

/* A new server takes the socket over, the old one ends what it has begun. A certificate that can't be used leaves the old one. */
static int
renew(struct server *s)
{
	struct server next = *s;
	struct error err;

	buf_init(&next.certificate);
	buf_init(&next.key);
	if (load_certificate(&next, &err) < 0 || start(&next, &err) < 0) {
		buf_done(&next.certificate);
		buf_done(&next.key);
		return -1;
	}
	stop_old(s);
	buf_done(&s->certificate);
	buf_done(&s->key);
	s->daemon = next.daemon;
	s->certificate = next.certificate;
	s->key = next.key;
	memcpy(s->changed, next.changed, sizeof s->changed);
	return 0;
}

/* ADDRESS:PORT in its parts; the last colon parts them */
static int
split(const char *listen, char host[static 128], const char **port, struct error *err)
{
	const char *colon = strrchr(listen, ':');
	size_t n = colon ? (size_t)(colon - listen) : 0;

	if (!colon || !colon[1] || n >= 128)
		return error_set(err, ERROR_USAGE, "--listen %s: is not ADDRESS:PORT", listen);
	if (n > 1 && listen[0] == '[' && listen[n - 1] == ']') {
		listen++;
		n -= 2;
	}
	memcpy(host, listen, n);
	host[n] = 0;
	*port = colon + 1;
	return 0;
}

static int
open_socket(const char *listen_at, struct error *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *list = NULL;
	char host[128] = "";
	const char *port = NULL;
	const int on = 1;
	int fd, r;

	if (split(listen_at, host, &port, err) < 0)
		return -1;
	if ((r = getaddrinfo(*host ? host : NULL, port, &hints, &list)) != 0)
		return error_set(err, ERROR_USAGE, "--listen %s: %s", listen_at, gai_strerror(r));
	fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	r = fd < 0 || bind(fd, list->ai_addr, list->ai_addrlen) < 0 || listen(fd, 512) < 0 ? errno : 0;
	freeaddrinfo(list);
	if (!r)
		return fd;
	if (fd >= 0)
		close(fd);
	return error_set(err, r, "listen on %s:", listen_at);
}

/* the socket that systemd hands over */
static int
activated_socket(struct error *err)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");

	if (!pid || !fds || strtol(pid, NULL, 10) != (long)getpid() || strcmp(fds, "1") != 0)
		return error_set(err, ERROR_USAGE, "systemd handed no socket over: say --listen ADDRESS:PORT");
	return ACTIVATED;
}

static void
serve(struct server *s, const sigset_t *signals)
{
	const struct timespec wait = { LOOK_SECONDS, 0 };

	for (;;) {
		const int got = sigtimedwait(signals, NULL, &wait);

		if (got == SIGTERM || got == SIGINT)
			return;
		if (got == SIGHUP || certificate_changed(s))
			renew(s);
	}
}

int
server_run(const struct server_options *options, const struct admission *admission, struct error *err)
{
	struct server s = { .options = options, .admission = admission, .socket = -1 };
	sigset_t signals;
	int r;

	/* blocked before there is a thread, so that only serve() gets them */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	if (httpd_load(&s.http, err) < 0)
		return -1;
	s.socket = strcmp(options->listen, "activated") == 0 ? activated_socket(err) : open_socket(options->listen, err);
	r = s.socket < 0 ? -1 : load_certificate(&s, err);
	if (r == 0)
		r = start(&s, err);
	if (r == 0) {
		serve(&s, &signals);
		s.http.stop(s.daemon);
	}
	if (s.socket >= 0)
		close(s.socket);
	if (s.key.at)
		sodium_memzero(s.key.at, s.key.cap);
	buf_done(&s.certificate);
	buf_done(&s.key);
	return r;
}
