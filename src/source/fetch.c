#include "source/fetch.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch.h>
#include <stanch/error.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/io.h"
#include "source/curl.h"
#include "source/login.h"
#include "source/reference.h"

#define REDIRECTS 5
#define TRIES 4                         /* in a row that bring next to nothing */
#define RESUMES 256                     /* tries in all, so that no registry keeps us for ever */
#define PROGRESS ((uint64_t)32 << 10)   /* bytes that a try must bring to count as none */
#define TOKEN_MOST ((size_t)256 << 10)
#define URL_MOST 4096

/* seconds without a connection, and with hardly a byte, after which a transfer is begun again */
#define CONNECT_SECONDS 20L
#define IDLE_SECONDS 30L

static const char accept_all[] = "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
	"application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json, */*";

struct fetch {
	const struct reference *ref;
	bool plain;                     /* it may be asked without TLS */
	bool tls;                       /* it is asked by TLS */
	bool met;                       /* it has answered, so that it is known which of both it speaks */
	int answers;
	struct curl curl;
	CURL *easy;
	char login[2048];               /* "user:password", or "" */
	char *bearer;                   /* "Authorization: Bearer ...", or NULL */
	bool basic;                     /* the registry wants the login itself */
	/* the answer at hand */
	uint64_t sent, skip;            /* bytes handed on; bytes of a repeated answer that were handed on before */
	char challenge[2048];           /* of WWW-Authenticate */
	struct buf *keep;               /* instead of handing on: a token's answer */
	bool broken;                    /* nobody reads any more */
	long status;
};

static int
send_frame(struct fetch *f, char kind, const void *data, size_t n)
{
	const uint8_t head[5] = { (uint8_t)kind, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) };

	f->broken |= io_write_full(f->answers, head, sizeof head) < 0 || (n && io_write_full(f->answers, data, n) < 0);
	return f->broken ? -1 : 0;
}

static size_t
on_data(char *data, size_t size, size_t count, void *arg)
{
	struct fetch *f = arg;
	const size_t n = size * count;
	size_t from = 0;

	f->curl.easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &f->status);
	if (f->keep) {
		buf_add(f->keep, data, n);
		return f->keep->len > TOKEN_MOST || f->keep->failed ? 0 : n;
	}
	if (f->status != 200 && f->status != 206)       /* a page that says what is wrong */
		return n;
	if (f->skip) {
		from = f->skip < n ? (size_t)f->skip : n;
		f->skip -= from;
	}
	if (from < n && send_frame(f, FETCH_DATA, data + from, n - from) < 0)
		return 0;
	f->sent += n - from;
	return n;
}

/* the first byte of " bytes 100-200/300"; libcurl's lines have no NUL */
static uint64_t
starts_at(const char *at, size_t n)
{
	uint64_t start = 0;

	for (size_t i = 0; i < n && at[i] != '-'; i++)
		if (at[i] >= '0' && at[i] <= '9')
			start = start < UINT64_MAX / 10 - 10 ? start * 10 + (uint64_t)(at[i] - '0') : start;
	return start;
}

static size_t
on_header(char *data, size_t size, size_t count, void *arg)
{
	static const char name[] = "www-authenticate:", range[] = "content-range:";
	struct fetch *f = arg;
	const size_t n = size * count;

	if (n > sizeof name && n - sizeof name + 1 < sizeof f->challenge && strncasecmp(data, name, sizeof name - 1) == 0) {
		memcpy(f->challenge, data + sizeof name - 1, n - sizeof name + 1);
		f->challenge[n - sizeof name + 1] = 0;
	}
	/* what was sent before is not sent again: a registry goes on where it says, or begins anew */
	if (n > 5 && strncmp(data, "HTTP/", 5) == 0)
		f->skip = f->sent;
	if (n > sizeof range && strncasecmp(data, range, sizeof range - 1) == 0) {
		const uint64_t start = starts_at(data + sizeof range - 1, n - sizeof range + 1);

		f->skip = start < f->sent ? f->sent - start : 0;
	}
	return n;
}

/* whether two URLs have scheme, host and port in common */
static bool
same_place(const char *a, const char *b)
{
	const char *x = strstr(a, "://"), *y = strstr(b, "://");
	size_t n;

	if (!x || !y)
		return false;
	n = (size_t)(x - a) + 3 + strcspn(x + 3, "/?#");
	return n == (size_t)(y - b) + 3 + strcspn(y + 3, "/?#") && strncasecmp(a, b, n) == 0;
}

/* an authority of one's own, as OpenSSL's and Go's programs are told of it; libcurl itself does not ask */
static void
trust(struct fetch *f)
{
	const char *file = getenv("SSL_CERT_FILE"), *folder = getenv("SSL_CERT_DIR");

	if (file && *file)
		f->curl.easy_setopt(f->easy, CURLOPT_CAINFO, file);
	if (folder && *folder)
		f->curl.easy_setopt(f->easy, CURLOPT_CAPATH, folder);
}

static void
set_up(struct fetch *f, const char *url)
{
	const struct curl *c = &f->curl;
	char range[32];

	c->easy_reset(f->easy);
	f->challenge[0] = 0;
	f->status = 0;
	c->easy_setopt(f->easy, CURLOPT_URL, url);
	c->easy_setopt(f->easy, CURLOPT_NOSIGNAL, 1L);
	c->easy_setopt(f->easy, CURLOPT_PROTOCOLS_STR, f->plain ? "https,http" : "https");
	c->easy_setopt(f->easy, CURLOPT_FOLLOWLOCATION, 0L);
	c->easy_setopt(f->easy, CURLOPT_USERAGENT, "stanch/" STANCH_VERSION);
	c->easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	c->easy_setopt(f->easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
	c->easy_setopt(f->easy, CURLOPT_LOW_SPEED_TIME, IDLE_SECONDS);
	c->easy_setopt(f->easy, CURLOPT_BUFFERSIZE, 256L << 10);
	c->easy_setopt(f->easy, CURLOPT_WRITEFUNCTION, on_data);
	c->easy_setopt(f->easy, CURLOPT_WRITEDATA, f);
	c->easy_setopt(f->easy, CURLOPT_HEADERFUNCTION, on_header);
	c->easy_setopt(f->easy, CURLOPT_HEADERDATA, f);
	/* CURLOPT_RESUME_FROM would take a redirect's page, or an answer that begins anew, for a failure */
	snprintf(range, sizeof range, "%" PRIu64 "-", f->sent);
	if (f->sent && !f->keep)
		c->easy_setopt(f->easy, CURLOPT_RANGE, range);
	trust(f);
}

/* one request; own: it goes to the registry itself, which alone may see what we know */
static CURLcode
request(struct fetch *f, const char *url, bool own)
{
	const struct curl *c = &f->curl;
	struct curl_slist *headers = c->slist_append(NULL, accept_all);
	CURLcode r;

	set_up(f, url);
	if (own && f->bearer)
		headers = c->slist_append(headers, f->bearer);
	c->easy_setopt(f->easy, CURLOPT_HTTPHEADER, headers);
	if (own && f->basic) {
		c->easy_setopt(f->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		c->easy_setopt(f->easy, CURLOPT_USERPWD, f->login);
	}
	r = c->easy_perform(f->easy);
	c->easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &f->status);
	c->slist_free_all(headers);
	return r;
}

/* a parameter of a challenge: key="value" */
static bool
parameter(const char *challenge, const char *key, char *out, size_t size)
{
	const size_t n = strlen(key);

	for (const char *at = challenge; (at = strcasestr(at, key)); at += n) {
		const char *end;

		if ((at > challenge && !strchr(" ,", at[-1])) || at[n] != '=' || at[n + 1] != '"')
			continue;
		end = strchr(at + n + 2, '"');
		return end && snprintf(out, size, "%.*s", (int)(end - at - (long)n - 2), at + n + 2) < (int)size;
	}
	*out = 0;
	return false;
}

/* the URL at which a token is to be had; the login goes there only by TLS, or within this machine */
static int
token_url(struct fetch *f, struct buf *url, struct error *err)
{
	char realm[URL_MOST], value[1024];
	static const char *const keys[] = { "service", "scope" };

	if (!parameter(f->challenge, "realm", realm, sizeof realm))
		return error_set(err, ERROR_SYNTAX, "the registry asks for a token without saying where to get it");
	if (strncmp(realm, "https://", 8) != 0 && !(f->plain && strncmp(realm, "http://", 7) == 0))
		return error_set(err, ERROR_UNSUPPORTED, "the registry wants a login to be sent without TLS");
	buf_adds(url, realm);
	for (size_t i = 0; i < 2; i++) {
		char *escaped;

		if (!parameter(f->challenge, keys[i], value, sizeof value))
			continue;
		escaped = f->curl.easy_escape(f->easy, value, 0);
		buf_addf(url, "%c%s=%s", strchr(realm, '?') || i ? '&' : '?', keys[i], escaped ? escaped : "");
		f->curl.free(escaped);
	}
	return 0;
}

static int
take_token(struct fetch *f, struct bytes answer, struct error *err)
{
	json_t *root = json_loadb((const char *)answer.at, answer.len, 0, NULL);
	const char *token = json_string_value(json_object_get(root, "token"));

	if (!token)
		token = json_string_value(json_object_get(root, "access_token"));
	free(f->bearer);
	f->bearer = NULL;
	if (token && !strpbrk(token, "\r\n") && asprintf(&f->bearer, "Authorization: Bearer %s", token) < 0)
		f->bearer = NULL;
	json_decref(root);
	return f->bearer ? 0 : error_set(err, ERROR_SYNTAX, "the registry's token service hands out no token");
}

static int
get_token(struct fetch *f, struct error *err)
{
	struct buf url, answer;
	CURLcode r;
	int ret;

	buf_init(&url);
	buf_init(&answer);
	ret = token_url(f, &url, err);
	if (ret == 0) {
		f->keep = &answer;
		set_up(f, buf_str(&url));
		if (*f->login)
			f->curl.easy_setopt(f->easy, CURLOPT_USERPWD, f->login);
		r = f->curl.easy_perform(f->easy);
		f->curl.easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &f->status);
		f->keep = NULL;
		if (r != CURLE_OK)
			ret = error_set(err, ERROR_INTERNAL, "ask for a token: %s", f->curl.easy_strerror(r));
		else if (f->status != 200)
			ret = error_set(err, ERROR_INTERNAL, "the registry's token service refuses (HTTP %ld)%s", f->status,
			    *f->login ? "" : "; no login for it stands in Docker's config.json");
		else
			ret = take_token(f, (struct bytes){ answer.at, answer.len }, err);
	}
	if (answer.at)
		sodium_memzero(answer.at, answer.len);
	buf_done(&answer);
	buf_done(&url);
	return ret;
}

/* what the registry asks for after a 401; once for each kind */
static int
authorize(struct fetch *f, bool again, struct error *err)
{
	const char *kind = f->challenge + strspn(f->challenge, " ");

	if (strncasecmp(kind, "Bearer", 6) == 0 && !again)
		return get_token(f, err);
	if (strncasecmp(kind, "Basic", 5) == 0 && *f->login && !f->basic) {
		f->basic = true;
		return 0;
	}
	return error_set(err, EACCES, *f->login ? "the registry refuses the login of Docker's config.json"
	    : "the registry wants a login; none for it stands in Docker's config.json");
}

/* whether trying again may help */
static bool
passing(CURLcode r, long status)
{
	return r == CURLE_PARTIAL_FILE || r == CURLE_RECV_ERROR || r == CURLE_GOT_NOTHING || r == CURLE_OPERATION_TIMEDOUT ||
	    r == CURLE_SEND_ERROR || r == CURLE_HTTP2_STREAM || (r == CURLE_OK && (status == 429 || status >= 500));
}

/* follows redirects; the login stays with the registry: 0 with status, -1 */
static int
follow(struct fetch *f, const char *first, CURLcode *r, struct error *err)
{
	char url[URL_MOST];
	char *to;

	snprintf(url, sizeof url, "%s", first);
	for (int i = 0;; i++) {
		*r = request(f, url, same_place(first, url));
		if (*r != CURLE_OK || f->status < 301 || f->status > 308 || f->status == 304)
			return 0;
		to = NULL;
		f->curl.easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &to);
		if (i == REDIRECTS || !to || strlen(to) >= sizeof url)
			return error_set(err, ERROR_SYNTAX, "the registry sends on from one address to the next without end");
		if (strncmp(url, "https:", 6) == 0 && strncmp(to, "https:", 6) != 0)
			return error_set(err, ERROR_UNSUPPORTED, "the registry sends on to an address without TLS");
		snprintf(url, sizeof url, "%s", to);
	}
}

/* one that may be asked without TLS need not speak without: nothing that we know was sent to it by then */
static bool
turn_to_tls(struct fetch *f, CURLcode r)
{
	const bool odd = r == CURLE_GOT_NOTHING || r == CURLE_RECV_ERROR || r == CURLE_UNSUPPORTED_PROTOCOL || r == CURLE_WEIRD_SERVER_REPLY ||
	    (r == CURLE_OK && f->status == 400);

	if (f->tls || f->met || !odd) {
		f->met |= r == CURLE_OK;
		return false;
	}
	f->tls = true;
	return true;
}

static int
refuse(const struct fetch *f, CURLcode r, struct error *err)
{
	if (r == CURLE_PEER_FAILED_VERIFICATION)
		return error_set(err, ERROR_INTERNAL, "ask %s: %s; an authority of your own is named by SSL_CERT_FILE", f->ref->host,
		    f->curl.easy_strerror(r));
	if (r != CURLE_OK)
		return error_set(err, ERROR_INTERNAL, "ask %s: %s", f->ref->host, f->curl.easy_strerror(r));
	return error_set(err, ERROR_INTERNAL, "%s answers HTTP %ld", f->ref->host, f->status);
}

/* one answer, in as many tries as it takes: 1, 0 there is no such thing, -1 */
static int
get(struct fetch *f, const char *path, struct error *err)
{
	char url[URL_MOST];
	bool asked = false;
	CURLcode r = CURLE_OK;

	f->sent = 0;
	for (int i = 0, all = 0; i < TRIES && all < RESUMES; i++, all++) {
		const uint64_t before = f->sent;

		f->skip = 0;
		snprintf(url, sizeof url, "%s://%s%s", f->tls ? "https" : "http", f->ref->host, path);
		if (follow(f, url, &r, err) < 0)
			return -1;
		if (f->broken)
			return error_set(err, EPIPE, "nobody reads any more");
		if (turn_to_tls(f, r))
			continue;
		if (r == CURLE_OK && (f->status == 200 || f->status == 206))
			return 1;
		if (r == CURLE_OK && f->status == 404)
			return 0;
		if (r == CURLE_OK && f->status == 401) {
			if (authorize(f, asked, err) < 0)
				return -1;
			asked = true;
		} else if (!passing(r, f->status)) {
			break;
		} else if (f->sent - before >= PROGRESS) {
			i = -1;
		} else {
			usleep(100000u << i);
		}
	}
	return refuse(f, r, err);
}

static void
answer(struct fetch *f, const char *line)
{
	char path[URL_MOST - 512];
	struct error err;
	int got;

	snprintf(path, sizeof path, "/v2/%s/%s/%s", f->ref->name, *line == 'M' ? "manifests" : "blobs", line + 2);
	got = get(f, path, &err);
	if (got < 0)
		send_frame(f, FETCH_ERROR, err.text, strlen(err.text));
	else
		send_frame(f, got ? FETCH_END : FETCH_MISSING, NULL, 0);
}

/* from here on nothing of it may end in a core file, and it does not outlive the scanner */
static void
settle_in(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
}

static int
prepare(struct fetch *f, struct error *err)
{
	if (curl_load(&f->curl, err) < 0 || login_find(f->ref->host, f->login, sizeof f->login, err) < 0)
		return -1;
	f->easy = f->curl.easy_init();
	return f->easy ? 0 : error_set(err, ERROR_INTERNAL, "libcurl can't be used");
}

void
fetch_run(const struct reference *ref, bool plain, int requests, int answers)
{
	struct fetch f = { .ref = ref, .plain = plain, .tls = !plain, .answers = answers };
	char line[512];
	size_t n = 0;
	struct error err;
	int ready = -2;

	settle_in();
	while (n < sizeof line && read(requests, line + n, 1) == 1) {
		if (line[n] != '\n') {
			n++;
			continue;
		}
		line[n] = 0;
		n = 0;
		if (ready == -2)
			ready = prepare(&f, &err);
		if (ready == 0)
			answer(&f, line);
		else
			send_frame(&f, FETCH_ERROR, err.text, strlen(err.text));
	}
	sodium_memzero(f.login, sizeof f.login);
	_exit(0);
}
