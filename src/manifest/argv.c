#include "manifest/argv.h"

#include <ctype.h>
#include <string.h>

/* Short options that take a password, and what they are called here. */
static const struct {
	const char *program;
	char letter;
	bool joined, apart;     /* -pVALUE, -p VALUE */
	const char *name;
} shorts[] = {
	{ "mysql", 'p', true, false, "password" }, { "mysqldump", 'p', true, false, "password" }, { "mysqladmin", 'p', true, false, "password" },
	{ "mysqlimport", 'p', true, false, "password" }, { "mysqlcheck", 'p', true, false, "password" }, { "mysqlsh", 'p', true, false, "password" },
	{ "mariadb", 'p', true, false, "password" }, { "mariadb-dump", 'p', true, false, "password" }, { "mariadb-admin", 'p', true, false, "password" },
	{ "mydumper", 'p', true, true, "password" }, { "xtrabackup", 'p', true, true, "password" },
	{ "sshpass", 'p', true, true, "password" }, { "redis-cli", 'a', true, true, "password" }, { "valkey-cli", 'a', true, true, "password" },
	{ "mongo", 'p', true, true, "password" }, { "mongosh", 'p', true, true, "password" }, { "mongodump", 'p', true, true, "password" },
	{ "mongorestore", 'p', true, true, "password" }, { "mongoexport", 'p', true, true, "password" },
	{ "docker", 'p', false, true, "password" }, { "podman", 'p', false, true, "password" }, { "helm", 'p', false, true, "password" },
	{ "ldapsearch", 'w', true, true, "password" }, { "ldapadd", 'w', true, true, "password" }, { "ldapmodify", 'w', true, true, "password" },
	{ "ldapwhoami", 'w', true, true, "password" }, { "ldapdelete", 'w', true, true, "password" },
	{ "mosquitto_pub", 'P', true, true, "password" }, { "mosquitto_sub", 'P', true, true, "password" },
	{ "sqlcmd", 'P', true, true, "password" }, { "bcp", 'P', true, true, "password" }, { "isql", 'P', true, true, "password" },
	{ "cqlsh", 'p', true, true, "password" }, { "7z", 'p', true, false, "password" }, { "7za", 'p', true, false, "password" },
	{ "unzip", 'P', true, true, "password" }, { "zip", 'P', true, true, "password" }, { "rabbitmqadmin", 'p', true, true, "password" },
	{ "ipmitool", 'P', true, true, "password" }, { "az", 'p', false, true, "password" }, { "nxc", 'p', true, true, "password" }, { "clickhouse-client", 0, false, false, "password" },
	{ "influx", 0, false, false, "password" }, { "htpasswd", 0, false, false, "password" }, { "argocd", 0, false, false, "password" },
};

/* options that take user:password */
static const struct {
	const char *program, *option;
} users[] = {
	{ "curl", "-u" }, { "curl", "--user" }, { "curl", "-U" }, { "curl", "--proxy-user" }, { "smbclient", "-U" }, { "http", "-a" }, { "http", "--auth" },
	{ "https", "-a" }, { "etcdctl", "--user" }, { "rpcclient", "-U" }, { "smbmap", "-U" },
};

/* What is told by its place: the nth word that is no option behind a program's verbs. */
static const struct {
	const char *program, *verb[3];
	unsigned nth;
	char letter;            /* an option that must stand before it, or 0 */
	bool keyed;             /* the word before it is a path that ends in its name */
} placed[] = {
	{ "mc", { "alias", "set" }, 4, 0, false }, { "mcli", { "alias", "set" }, 4, 0, false }, { "mc", { "config", "host", "add" }, 4, 0, false },
	{ "vault", { "login" }, 1, 0, false }, { "bao", { "login" }, 1, 0, false }, { "htpasswd", { NULL }, 3, 'b', false }, { "net", { "user" }, 2, 0, false },
	{ "consul", { "kv", "put" }, 2, 0, true }, { "etcdctl", { "put" }, 2, 0, true }, { "etcdctl", { "set" }, 2, 0, true },
	{ "rabbitmqctl", { "add_user" }, 2, 0, false }, { "rabbitmqctl", { "change_password" }, 2, 0, false },
};

/* options that take a whole header */
static const char *const headers[] = { "-H", "--header" };

struct look {
	const struct word *word;
	size_t count;
	struct bytes program;
	void (*call)(void *, struct bytes, const struct word *, size_t, size_t);
	void *arg;
};

static bool
word_byte(uint8_t c)
{
	return !isspace(c) && !strchr(";|&()<>", c);
}

/* past the word at `at`; its text without outer quotes */
static size_t
next_word(struct bytes line, size_t at, struct word *w)
{
	const uint8_t open = line.at[at];
	size_t i = at;

	if (open == '"' || open == '\'') {
		for (i = at + 1; i < line.len && line.at[i] != open; i++)
			if (line.at[i] == '\\' && open == '"' && i + 1 < line.len)
				i++;
		*w = (struct word){ bytes_cut(line, at + 1, i), at + 1, false };
		if (i + 1 >= line.len || !word_byte(line.at[i + 1]))
			return i + 1 < line.len ? i + 1 : line.len;
		i = at;
	}
	while (i < line.len && word_byte(line.at[i])) {
		const uint8_t c = line.at[i];

		if (c == '\\' && i + 1 < line.len) {
			i += 2;
		} else if ((c == '"' || c == '\'') && memchr(line.at + i + 1, c, line.len - i - 1)) {
			i = (size_t)((const uint8_t *)memchr(line.at + i + 1, c, line.len - i - 1) - line.at) + 1;
		} else if (c == '$' && i + 1 < line.len && (line.at[i + 1] == '{' || line.at[i + 1] == '(')) {
			const uint8_t *end = memchr(line.at + i, line.at[i + 1] == '{' ? '}' : ')', line.len - i);

			i = end ? (size_t)(end - line.at) + 1 : i + 2;
		} else {
			i++;
		}
	}
	if (i > line.len)
		i = line.len;
	*w = (struct word){ bytes_cut(line, at, i), at, false };
	return i;
}

size_t
argv_split(struct bytes line, struct word *word, size_t most)
{
	size_t n = 0, at = 0;
	bool first = true;

	while (at < line.len && n < most) {
		const uint8_t c = line.at[at];

		if (c == '\\' && at + 1 < line.len && memchr("\r\n ", line.at[at + 1], 3)) {
			at += 2;
		} else if (c == '#' && (at == 0 || isspace(line.at[at - 1]))) {
			while (at < line.len && line.at[at] != '\n')
				at++;
		} else if (!word_byte(c)) {
			first |= c == '\n' || strchr(";|&(", c) != NULL;
			at++;
		} else {
			const size_t began = at;

			at = next_word(line, at, &word[n]);
			word[n++].first = first;
			first = false;
			if (at == began)
				at++;
		}
	}
	return n;
}

static struct bytes
base_name(struct bytes path)
{
	const uint8_t *slash = path.len ? memrchr(path.at, '/', path.len) : NULL;

	return slash ? bytes_cut(path, (size_t)(slash - path.at) + 1, path.len) : path;
}

static bool
is(struct bytes b, const char *text)
{
	return bytes_equal(b, bytes_of(text));
}

/* sudo, env and the like run what follows them; so does a shell's -c */
static bool
runs_another(struct bytes b)
{
	static const char *const words[] = { "sudo", "env", "exec", "nohup", "time", "tini", "dumb-init", "gosu", "timeout", "--", "if", "while", "until",
		"!", "then", "do", "else", "watch", "xargs", "CMD", "CMD-SHELL", "/bin/sh", "sh", "bash" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (is(b, words[i]))
			return true;
	return false;
}

static bool
name_byte(uint8_t c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '.';
}

/* the length of a name before the = of NAME=value, or 0 */
static size_t
assigned(struct bytes b)
{
	size_t i = 0;

	while (i < b.len && i < 128 && name_byte(b.at[i]))
		i++;
	return i > 0 && i < b.len && b.at[i] == '=' && (isalpha(b.at[0]) || b.at[0] == '_') ? i : 0;
}

static void
tell(struct look *l, struct bytes name, size_t i, size_t from, size_t to)
{
	const struct bytes t = l->word[i].text;

	/* quotes that stand within the word */
	if (to - from > 1 && (t.at[from] == '"' || t.at[from] == '\'') && t.at[to - 1] == t.at[from])
		from++, to--;
	if (to > from)
		l->call(l->arg, name, &l->word[i], from, to);
}

static bool
value_follows(const struct look *l, size_t i)
{
	return i + 1 < l->count && !l->word[i + 1].first && l->word[i + 1].text.len && l->word[i + 1].text.at[0] != '-';
}

/* --name value, --name=value */
static void
look_long(struct look *l, size_t i)
{
	const struct bytes t = l->word[i].text;
	size_t from = 0, eq;

	while (from < t.len && t.at[from] == '-')
		from++;
	if (from == 1 && t.len > 2 && t.at[1] == 'D')     /* -Dkey=value */
		from++;
	eq = assigned(bytes_cut(t, from, t.len));
	if (eq) {
		/* --from-literal=password=value */
		const size_t inner = from + eq + 1, named = assigned(bytes_cut(t, inner, t.len));

		if (named)
			tell(l, bytes_cut(t, inner, inner + named), i, inner + named + 1, t.len);
		tell(l, bytes_cut(t, from, from + eq), i, inner, t.len);
	} else if (t.len - from > 2 && value_follows(l, i) && !memchr(t.at, ' ', t.len))
		tell(l, bytes_cut(t, from, t.len), i + 1, 0, l->word[i + 1].text.len);
}

static void
look_short(struct look *l, size_t i)
{
	const struct bytes t = l->word[i].text;

	for (size_t k = 0; k < sizeof shorts / sizeof shorts[0]; k++) {
		if (!is(l->program, shorts[k].program) || t.len < 2 || t.at[1] != (uint8_t)shorts[k].letter)
			continue;
		if (t.len > 2 && shorts[k].joined && t.at[2] != '-')
			tell(l, bytes_of(shorts[k].name), i, 2, t.len);
		else if (t.len == 2 && shorts[k].apart && value_follows(l, i))
			tell(l, bytes_of(shorts[k].name), i + 1, 0, l->word[i + 1].text.len);
		return;
	}
}

/* -u user:password */
static void
look_user(struct look *l, size_t i)
{
	for (size_t k = 0; k < sizeof users / sizeof users[0]; k++) {
		const struct bytes t = l->word[i].text, next = value_follows(l, i) ? l->word[i + 1].text : (struct bytes){ 0 };
		size_t at;

		if (!is(l->program, users[k].program) || !is(t, users[k].option))
			continue;
		for (at = 0; at < next.len && next.at[at] != ':' && next.at[at] != '%'; at++)
			;
		if (at + 1 < next.len)
			tell(l, bytes_of("password"), i + 1, at + 1, next.len);
	}
}

/* -H 'Name: value' */
static void
look_header(struct look *l, size_t i)
{
	const struct bytes t = l->word[i].text, next = value_follows(l, i) ? l->word[i + 1].text : (struct bytes){ 0 };
	size_t at = 0;

	if (!is(t, headers[0]) && !is(t, headers[1]))
		return;
	while (at < next.len && name_byte(next.at[at]))
		at++;
	if (at && at + 2 < next.len && next.at[at] == ':')
		tell(l, bytes_cut(next, 0, at), i + 1, at + 1 + (next.at[at + 1] == ' '), next.len);
}

/* net user add NAME of Samba, which asks for the password */
static bool
verbs_of_users(struct bytes b)
{
	return is(b, "add") || is(b, "delete") || is(b, "info") || is(b, "rename");
}

/* the place of a program's value that has no name, counted from its verbs on; SIZE_MAX: there is none */
static size_t
place_of(const struct look *l, size_t i, size_t k)
{
	bool lettered = !placed[k].letter;
	unsigned seen = 0, verb = 0;

	for (i++; i < l->count && !l->word[i].first; i++) {
		const struct bytes t = l->word[i].text;

		if (t.len && t.at[0] == '-') {
			lettered |= t.len > 1 && t.at[1] != '-' && memchr(t.at, placed[k].letter, t.len);
		} else if (verb < 3 && placed[k].verb[verb]) {
			if (!is(t, placed[k].verb[verb++]))
				return SIZE_MAX;
		} else if (++seen == placed[k].nth) {
			return lettered && t.len && t.at[0] != '/' ? i : SIZE_MAX;
		} else if (is(l->program, "net") && verbs_of_users(t)) {
			return SIZE_MAX;
		}
	}
	return SIZE_MAX;
}

/* at a program's own word */
static void
look_places(struct look *l, size_t i)
{
	for (size_t k = 0; k < sizeof placed / sizeof placed[0]; k++) {
		const size_t at = is(l->program, placed[k].program) ? place_of(l, i, k) : SIZE_MAX;

		if (at != SIZE_MAX && !assigned(l->word[at].text))
			tell(l, placed[k].keyed ? base_name(l->word[at - 1].text) : bytes_of("password"), at, 0, l->word[at].text.len);
	}
}

static void
look_word(struct look *l, size_t i)
{
	const struct bytes t = l->word[i].text;
	const size_t eq = assigned(t);

	if (t.len < 2)
		return;
	if (eq) {
		tell(l, bytes_cut(t, 0, eq), i, eq + 1, t.len);
		return;
	}
	if (t.at[0] != '-')
		return;
	look_user(l, i);
	look_header(l, i);
	look_short(l, i);
	look_long(l, i);
}

void
argv_look(const struct word *word, size_t count, void (*call)(void *, struct bytes, const struct word *, size_t, size_t), void *arg)
{
	struct look l = { word, count, { 0 }, call, arg };
	bool awaited = true;

	for (size_t i = 0; i < count; i++) {
		const struct bytes t = word[i].text;

		awaited |= word[i].first;
		if (awaited && t.len && !assigned(t) && t.at[0] != '-') {
			l.program = base_name(t);
			awaited = runs_another(l.program);
			if (!awaited)
				look_places(&l, i);
		}
		look_word(&l, i);
	}
}
