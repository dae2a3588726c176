/*
 * directives.c: a word, what it sets, and its values, a line: nginx, HAProxy,
 * Redis, fluentd, Apache. Blocks in braces or tags.
 */
#include "manifest/formats.h"

#include <ctype.h>
#include <string.h>

#include "manifest/manifest.h"
#include "manifest/text.h"
#include "manifest/tree.h"

#define DEPTH 64
#define WORDS 64

struct words {
	size_t from[WORDS], to[WORDS];
	bool exact[WORDS], quoted[WORDS];
	size_t count;
	uint8_t ends;                   /* what ended the line: ; { or LF */
};

struct directives {
	struct tree *tree;
	struct bytes text;
	size_t at;
	uint32_t open[DEPTH];
	unsigned depth;
	bool over;
};

static size_t
one_word(struct bytes text, size_t at, struct words *w)
{
	const uint8_t q = text.at[at];
	const bool quoted = q == '"' || q == '\'';
	size_t end = at;
	bool exact = true;

	if (quoted) {
		const size_t limit = at + 8192 < text.len ? at + 8192 : text.len;

		end = text_quote(text, at, limit, &exact);
		if (end == limit)
			end = text_line_end(text, at);
	} else {
		while (end < text.len && !isspace(text.at[end]) && text.at[end] != ';' && !(text.at[end] == '{' && (end == at || text.at[end - 1] != '$')))
			end += text.at[end] == '\\' && end + 1 < text.len ? 2 : text.at[end] == '{' ? 2 : 1;
		end = end > text.len ? text.len : end;
	}
	if (w->count < WORDS) {
		w->from[w->count] = quoted ? at + 1 : at;
		w->to[w->count] = end > at + quoted ? end : at + quoted;
		w->quoted[w->count] = quoted;
		w->exact[w->count++] = exact;
	}
	return quoted && end < text.len && text.at[end] == q ? end + 1 : end;
}

/* the words of a directive that begins at `at`; returns behind what ends it */
static size_t
read_words(struct bytes text, size_t at, struct words *w)
{
	w->count = 0;
	w->ends = '\n';
	while (at < text.len) {
		const uint8_t c = text.at[at];
		const size_t began = at;

		if (c == '\n' || c == ';' || c == '{' || c == '}') {
			w->ends = c;
			return c == '}' ? at : at + 1;
		}
		if (c == '\\' && at + 1 < text.len && (text.at[at + 1] == '\n' || text.at[at + 1] == '\r')) {
			at = text_line_end(text, at) + 1;
		} else if (isspace(c)) {
			at++;
		} else if (c == '#' && (at == 0 || isspace(text.at[at - 1]))) {
			at = text_line_end(text, at);
		} else {
			at = one_word(text, at, w);
		}
		if (at == began)
			at++;
	}
	return text.len;
}

static uint32_t
add(struct directives *d, uint32_t parent, size_t from, size_t to)
{
	const uint32_t node = tree_add(d->tree, parent, from, to);

	d->over |= !node;
	if (node)
		d->tree->node[node].flags |= TREE_VERBATIM;
	return node;
}

static void
push(struct directives *d, uint32_t node)
{
	if (d->depth == DEPTH) {
		tree_trouble(d->tree, d->at, "it is nested deeper than is looked at");
		d->over = true;
		return;
	}
	tree_set(d->tree, node, TREE_MAP, d->tree->node[node].at, d->text.len, TREE_REPEATS);
	d->open[d->depth++] = node;
}

static void
pop(struct directives *d)
{
	if (d->depth > 1)
		d->tree->node[d->open[--d->depth]].end = (uint32_t)d->at;
}

static void
set_word(struct directives *d, uint32_t node, const struct words *w, size_t i)
{
	tree_set(d->tree, node, w->quoted[i] ? TREE_DOUBLE : TREE_PLAIN, w->from[i], w->to[i], w->exact[i] ? TREE_EXACT : 0);
}

/* where the = of NAME=value in a word stands, or 0 */
static size_t
equals(struct bytes text, const struct words *w, size_t i)
{
	const uint8_t *at = memchr(text.at + w->from[i], '=', w->to[i] - w->from[i]);

	return at && at > text.at + w->from[i] && (size_t)(at - text.at) + 1 < w->to[i] ? (size_t)(at - text.at) : 0;
}

/* what stands behind the = of a word, quoted or not */
static void
set_assigned(struct directives *d, uint32_t node, size_t from, size_t to)
{
	const uint8_t q = d->text.at[from];
	const bool quoted = to - from > 1 && (q == '"' || q == '\'') && d->text.at[to - 1] == q;

	tree_set(d->tree, node, quoted ? TREE_DOUBLE : TREE_PLAIN, from + quoted, to - quoted, TREE_EXACT);
}

/* `user NAME on >PASSWORD`: an access control list of Redis */
static bool
is_acl(struct bytes text, const struct words *w, size_t i)
{
	return bytes_equal(bytes_cut(text, w->from[0], w->to[0]), bytes_of("user")) && i > 1 && !w->quoted[i] && w->to[i] - w->from[i] > 1 &&
	    text.at[w->from[i]] == '>';
}

/* createUser NAME SHA PASSPHRASE AES PASSPHRASE of net-snmp, sentinel auth-pass NAME PASSWORD */
static bool
is_passphrase(struct bytes text, const struct words *w, size_t i)
{
	const struct bytes first = bytes_cut(text, w->from[0], w->to[0]);

	if (bytes_equal(first, bytes_of("createUser")))
		return i == 3 || i == 5;
	return i == 3 && bytes_equal(first, bytes_of("sentinel")) && bytes_equal(bytes_cut(text, w->from[1], w->to[1]), bytes_of("auth-pass"));
}

/* rocommunity VALUE [SOURCE] of net-snmp */
static bool
is_community(struct bytes text, const struct words *w)
{
	static const struct text_word names[] = { TEXT_WORD("rocommunity"), TEXT_WORD("rwcommunity"), TEXT_WORD("rocommunity6"), TEXT_WORD("rwcommunity6") };

	return text_listed(bytes_cut(text, w->from[0], w->to[0]), names, sizeof names / sizeof names[0]) < sizeof names / sizeof names[0];
}

/* login=user:password of Squid's peers: where the password begins, or `from` */
static size_t
behind_user(struct bytes text, const struct words *w, size_t i, size_t from)
{
	const uint8_t *colon = memchr(text.at + from, ':', w->to[i] - from);

	return colon && bytes_equal(bytes_cut(text, w->from[i], from - 1), bytes_of("login")) ? (size_t)(colon - text.at) + 1 : from;
}

/* a word that is a password though none before it says so */
static void
password(struct directives *d, uint32_t node, size_t key, size_t from, size_t to)
{
	const uint32_t one = add(d, node, key, from);

	if (!one)
		return;
	tree_set(d->tree, one, TREE_PLAIN, from, to, TREE_EXACT);
	d->tree->node[one].flags |= TREE_PASSWORD;
}

/* user NAME on|off …: whatever else such a list says of an account names nothing */
static bool
of_acl(struct bytes text, const struct words *w)
{
	const struct bytes third = w->count > 2 ? bytes_cut(text, w->from[2], w->to[2]) : (struct bytes){ 0 };

	return bytes_equal(bytes_cut(text, w->from[0], w->to[0]), bytes_of("user")) && (bytes_equal(third, bytes_of("on")) || bytes_equal(third, bytes_of("off")));
}

/* of many words each one is named by the word before it, NAME=value by itself */
static void
values(struct directives *d, uint32_t node, const struct words *w)
{
	const bool acl = of_acl(d->text, w);

	tree_set(d->tree, node, TREE_MAP, w->from[0], w->to[w->count - 1], 0);
	for (size_t i = 1; i < w->count && !d->over; i++) {
		const size_t eq = equals(d->text, w, i), bare = eq ? behind_user(d->text, w, i, eq + 1) : 0;
		uint32_t one;

		if (is_acl(d->text, w, i)) {
			password(d, node, w->from[1], w->from[i] + 1, w->to[i]);
		} else if (acl) {
			continue;
		} else if (i == 1 && is_community(d->text, w)) {
			password(d, node, w->from[0], w->from[i], w->to[i]);
		} else if (eq && bare > eq + 1 && !w->quoted[i]) {
			password(d, node, w->from[i], bare, w->to[i]);
		} else if (eq && !w->quoted[i]) {
			if ((one = add(d, node, w->from[i], eq)))
				set_assigned(d, one, eq + 1, w->to[i]);
		} else if (is_passphrase(d->text, w, i)) {
			if ((one = add(d, node, w->from[i - 1], w->to[i - 1]))) {
				set_word(d, one, w, i);
				d->tree->node[one].flags |= TREE_PASSWORD | TREE_REPEATS;
			}
		} else if (i > 1 && !is_acl(d->text, w, i - 1)) {
			if ((one = add(d, node, w->from[i - 1], w->to[i - 1])))
				set_word(d, one, w, i);
		}
	}
}

/* name = value and name => value are name value */
static void
drop_equals(struct bytes text, struct words *w)
{
	const struct bytes sign = w->count < 3 ? (struct bytes){ 0 } : bytes_cut(text, w->from[1], w->to[1]);

	if (w->count < 3 || w->quoted[1] || !(bytes_equal(sign, bytes_of("=")) || bytes_equal(sign, bytes_of("=>"))))
		return;
	w->count--;
	for (size_t i = 1; i < w->count; i++) {
		w->from[i] = w->from[i + 1];
		w->to[i] = w->to[i + 1];
		w->exact[i] = w->exact[i + 1];
		w->quoted[i] = w->quoted[i + 1];
	}
}

/* where nginx passes a request on to, which is no password */
static bool
passes_on(struct bytes name)
{
	static const struct text_word names[] = { TEXT_WORD("proxy_pass"), TEXT_WORD("fastcgi_pass"), TEXT_WORD("uwsgi_pass"),
		TEXT_WORD("scgi_pass"), TEXT_WORD("grpc_pass"), TEXT_WORD("memcached_pass") };

	return text_listed(name, names, sizeof names / sizeof names[0]) < sizeof names / sizeof names[0];
}

/* a line that is name=value and nothing else */
static void
assignment(struct directives *d, const struct words *w, size_t eq)
{
	const uint32_t node = add(d, d->open[d->depth - 1], w->from[0], eq);

	if (node)
		set_assigned(d, node, eq + 1, w->to[0]);
}

static void
directive(struct directives *d)
{
	struct words w;
	uint32_t node;
	size_t eq;

	d->at = read_words(d->text, d->at, &w);
	if (w.count == 0 || passes_on(bytes_cut(d->text, w.from[0], w.to[0])))
		return;
	drop_equals(d->text, &w);
	if (w.count == 1 && w.ends != '{' && !w.quoted[0] && (eq = equals(d->text, &w, 0))) {
		assignment(d, &w, eq);
		return;
	}
	/* network={ */
	if (w.ends == '{' && w.count == 1 && w.to[0] - w.from[0] > 1 && d->text.at[w.to[0] - 1] == '=')
		w.to[0]--;
	if (!(node = add(d, d->open[d->depth - 1], w.from[0], w.to[0])))
		return;
	if (w.ends == '{')
		push(d, node);
	else if (w.count == 2 && !is_community(d->text, &w) && !(equals(d->text, &w, 1) && !w.quoted[1]))
		set_word(d, node, &w, 1);
	else if (w.count > 1)
		values(d, node, &w);
	if (w.ends != '{')
		d->tree->node[node].flags |= TREE_REPEATS;
}

/* <match **> … </match>, <VirtualHost *:80> */
static bool
tag(struct directives *d)
{
	const size_t end = text_line_end(d->text, d->at);
	size_t from = d->at + 1, to;
	uint32_t node;

	if (d->text.at[d->at] != '<')
		return false;
	if (from < end && d->text.at[from] == '/') {
		pop(d);
	} else {
		for (to = from; to < end && isalnum(d->text.at[to]); to++)
			;
		if (to > from && (node = add(d, d->open[d->depth - 1], from, to)))
			push(d, node);
	}
	d->at = end + 1;
	return true;
}

static void
directives_read(struct tree *t)
{
	struct directives d = { .tree = t, .text = t->text };
	const uint32_t document = tree_add(t, TREE_ROOT, 0, 0);

	if (!document)
		return;
	tree_set(t, document, TREE_MAP, 0, d.text.len, 0);
	d.open[d.depth++] = document;
	while (d.at < d.text.len && !d.over) {
		const uint8_t c = d.text.at[d.at];

		if (isspace(c) || c == ';' || c == '{') {
			d.at++;
		} else if (c == '}') {
			d.at++;
			pop(&d);
		} else if (c == '#') {
			d.at = text_line_end(d.text, d.at) + 1;
		} else if (!tag(&d)) {
			directive(&d);
		}
	}
}

/* what the first words of such files are */
#define W TEXT_WORD
static const struct text_word firsts[] = {
	W("server"), W("http"), W("location"), W("upstream"), W("events"), W("user"), W("worker_processes"), W("proxy_pass"),
	W("proxy_set_header"), W("map"), W("stream"), W("include"), W("error_log"), W("pid"), W("global"), W("defaults"), W("frontend"),
	W("backend"), W("listen"), W("requirepass"), W("bind"), W("port"), W("protected-mode"), W("masterauth"), W("save"), W("appendonly"),
	W("maxmemory"), W("tls-port"), W("daemonize"), W("aclfile"), W("<source>"), W("<match"), W("<filter"), W("<system>"), W("<VirtualHost"),
	W("<Directory"), W("<Location"), W("<IfModule"), W("<Proxy"), W("ServerName"), W("LoadModule"), W("Listen"), W("SetEnv"),
	W("RequestHeader"), W("@include"), W("load_module"), W("limit_req_zone"), W("client"), W("dev"), W("remote"), W("fastcgi_param"),
	W("uwsgi_param"), W("auth_basic"), W("ssl_certificate"), W("set"), W("add_header"), W("replicaof"), W("AuthType"), W("smtpd"), W("log"),
	W("allow_anonymous"), W("password_file"), W("listener"), W("connection"), W("remote_username"), W("remote_password"), W("address"),
	W("acl"), W("http_access"), W("http_port"), W("cache_peer"), W("smtp_sasl_password_maps"), W("rootpw"), W("rootdn"), W("database"),
	W("suffix"), W("BINDDN"), W("binddn"), W("bindpw"), W("base"), W("uri"), W("account"), W("driftfile"), W("sasl"), W("KafkaServer"), W("KafkaClient"), W("slapd"), W("stats"),
	W("createUser"), W("rouser"), W("rwuser"), W("rocommunity"), W("sentinel"),
};
#undef W

static bool
known(const struct text_lengths *lengths, struct bytes word)
{
	return text_may(lengths, word) && text_listed(word, firsts, sizeof firsts / sizeof firsts[0]) < sizeof firsts / sizeof firsts[0];
}

/* user NAME on …: a line of Redis' access control lists, where nothing else need be */
static bool
acl_line(struct bytes line)
{
	struct words w;

	if (!bytes_starts(line, "user "))
		return false;
	read_words(line, 0, &w);
	if (w.count < 4)
		return false;
	for (size_t i = 2; i < w.count; i++)
		if (!memchr(">#~%&+-ornsc", line.at[w.from[i]], 12))
			return false;
	return of_acl(line, &w);
}

/* how many lines decide */
#define LINES 24

static int
directives_bid(struct bytes head, const char *file)
{
	const bool named = text_named(file, ".conf") || text_named(file, ".cfg") || text_named(file, "nginx.conf.template") || text_named(file, ".vhost");
	const bool caddy = text_named(file, "Caddyfile");
	struct text_lengths lengths = { 0 };
	unsigned good = 0, bad = 0, inside = 0;

	for (size_t i = 0; i < sizeof firsts / sizeof firsts[0]; i++)
		text_lengths_add(&lengths, firsts[i]);
	/* the good ones of a file without such a name must be twice the bad ones, which from a third on can't be */
	for (size_t at = 0; at < head.len && good + bad < LINES && (named || caddy || bad * 3 < LINES); at = text_line_end(head, at) + 1) {
		const size_t line = text_blanks(head, at), end = text_line_end(head, at), last = text_trim(head, line, end);
		size_t to = line;

		if (line < last && head.at[line] == '}')
			inside -= inside > 0;
		if (line >= last || head.at[line] == '#' || head.at[line] == '}')
			continue;
		if (end == head.len && good)
			break;
		if (acl_line(bytes_cut(head, line, last))) {
			good += 2;
			continue;
		}
		/* in a file of settings a block in braces is one, and what it holds need not be known */
		if (named && head.at[last - 1] == '{' && isalpha(head.at[line])) {
			inside++;
			good++;
			continue;
		}
		if (inside)
			continue;
		while (to < last && !isspace(head.at[to]) && head.at[to] != ';' && head.at[to] != '{')
			to++;
		if (known(&lengths, bytes_cut(head, line, to)))
			good++;
		else if (memchr(head.at + line, '=', to - line) || (to == last && head.at[last - 1] != '>') || (last > to && head.at[to] == ' ' && to + 1 < last && memchr("=:", head.at[to + 1], 2)))
			bad++;
	}
	if (caddy)
		return 62;
	return good && good > bad * (named ? 1 : 2) ? (named ? 62 : good > 1 ? 45 : 0) : 0;
}

const struct manifest_format format_directives = {
	.name = "directives",
	.bid = directives_bid,
	.read = directives_read,
};
