#include "deliver/arguments.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "deliver/child.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define MIB (UINT64_C(1) << 20)

/* one option: its handler gets the value, NULL where it takes none; -1 with the error set */
struct option {
	const char *name, *value, *about;
	int (*take)(struct arguments *, const char *value, struct error *);
};

static int
bad(struct error *err, const char *option, const char *what)
{
	return error_set(err, ERROR_USAGE, "--%s %s", option, what);
}

/* a plain decimal number up to max */
static bool
number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t n = 0;

	if (!*text || strlen(text) > 19)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		n = n * 10 + (uint64_t)(*text - '0');
	}
	*out = n;
	return n <= max;
}

/* a number of bytes, with k, m or g */
static bool
size(const char *text, uint64_t *out)
{
	static const char units[] = "kmg";
	char digits[24];
	const size_t len = strlen(text);
	const char *unit = len ? strchr(units, text[len - 1] | 0x20) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (!len || len >= sizeof digits)
		return false;
	snprintf(digits, sizeof digits, "%.*s", (int)(len - (unit != NULL)), text);
	if (!number(digits, UINT64_C(1) << 33, out))
		return false;
	*out <<= shift;
	return *out > 0 && *out <= UINT64_C(1) << 40;
}

static bool
mode(const char *text, mode_t *out)
{
	static const char *const modes[] = { "0400", "0440", "0444" };

	for (size_t i = 0; i < LENGTH(modes); i++)
		if (strcmp(text, modes[i]) == 0 || strcmp(text, modes[i] + 1) == 0) {
			*out = (mode_t)strtoul(modes[i], NULL, 8);
			return true;
		}
	return false;
}

/* grows a list by one zeroed element */
static void *
grow(void *list, size_t *count, size_t element, struct error *err)
{
	void **at = list;
	char *more;

	if (*count >= ARGUMENTS_LIST_MAX) {
		error_set(err, ERROR_USAGE, "one option is given more than %d times", ARGUMENTS_LIST_MAX);
		return NULL;
	}
	more = realloc(*at, (*count + 1) * element);
	if (!more) {
		error_set(err, ERROR_INTERNAL, "out of memory reading the options");
		return NULL;
	}
	*at = more;
	memset(more + *count * element, 0, element);
	return more + (*count)++ * element;
}

#define TEXT(field, option) \
	static int take_##field(struct arguments *o, const char *value, struct error *err) \
	{ \
		if (o->field) \
			return bad(err, option, "is given twice"); \
		o->field = value; \
		return *value ? 0 : bad(err, option, "is empty"); \
	}
#define FLAG(field) \
	static int take_##field(struct arguments *o, const char *value, struct error *err) \
	{ \
		(void)value; \
		(void)err; \
		o->field = true; \
		return 0; \
	}

TEXT(sealed, "sealed")
TEXT(set, "set")
TEXT(signers, "signers")
TEXT(to, "to")
TEXT(audit, "audit")
TEXT(audit_check, "audit-check")
TEXT(touch, "touch")
TEXT(pin_file, "pin-file")
FLAG(no_floor)
FLAG(fds)
FLAG(strict)
FLAG(mount)
FLAG(init)
FLAG(exec)
FLAG(watch)
FLAG(ready)
FLAG(quiet)
FLAG(help)
FLAG(version)

static int
take_scope(struct arguments *o, const char *value, struct error *err)
{
	if (o->scope)
		return bad(err, "scope", "is given twice");
	o->scope = value;
	return seal_is_scope(value, strlen(value), false) ? 0 : bad(err, "scope", "is CLUSTER/NAMESPACE/WORKLOAD, without *");
}

static int
add_identity(struct arguments *o, int kind, const char *value, int fd, struct error *err)
{
	if (o->identity_count == LENGTH(o->identities))
		return error_set(err, ERROR_USAGE, "at most %d identities can be given", SEAL_IDENTITIES_MAX);
	o->identities[o->identity_count].kind = kind;
	o->identities[o->identity_count].text = value;
	o->identities[o->identity_count++].fd = fd;
	return *value ? 0 : bad(err, "identity", "is empty");
}

/* keeps a copy of the first len bytes of an argument for as long as the options live */
static const char *
keep(struct arguments *o, const char *text, size_t len, struct error *err)
{
	/* each copy begins with the address of the one before */
	char *more = malloc(sizeof(char *) + len + 1);

	if (!more) {
		error_set(err, ERROR_INTERNAL, "out of memory reading the options");
		return NULL;
	}
	memcpy(more, &o->texts, sizeof(char *));
	o->texts = more;
	memcpy(more + sizeof(char *), text, len);
	more[sizeof(char *) + len] = '\0';
	return more + sizeof(char *);
}

static int
take_identity_fd(struct arguments *o, const char *value, struct error *err)
{
	uint64_t fd;

	if (!number(value, 1 << 20, &fd))
		return bad(err, "identity-fd", "is the number of an open descriptor");
	return add_identity(o, IDENTITY_FD, value, (int)fd, err);
}

/* FILE, fd:N or credential:NAME, as `stanch` takes it */
static int
take_identity(struct arguments *o, const char *value, struct error *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char path[4096];

	if (strncmp(value, "fd:", 3) == 0)
		return take_identity_fd(o, value + 3, err);
	if (strncmp(value, "credential:", 11) == 0) {
		if (!folder || strchr(value, '/') || snprintf(path, sizeof path, "%s/%s", folder, value + 11) >= (int)sizeof path)
			return bad(err, "identity", "credential:NAME needs a service that systemd gave credentials to");
		value = keep(o, path, strlen(path), err);
	}
	return !value ? -1 : add_identity(o, IDENTITY_FILE, value, -1, err);
}

static int
take_identity_env(struct arguments *o, const char *value, struct error *err)
{
	return add_identity(o, IDENTITY_ENV, value, -1, err);
}

static int
take_identity_mode(struct arguments *o, const char *value, struct error *err)
{
	return mode(value, &o->identity_mode) ? 0 : bad(err, "identity-mode", "is 0400, 0440 or 0444");
}

static int
take_pin(struct arguments *o, const char *value, struct error *err)
{
	struct error why;

	if (o->pinned)
		return bad(err, "pin", "is given twice");
	if (seal_set_pin_parse(value, o->pin, &why) != SEAL_OK)
		return bad(err, "pin", "is blake2b-256: and 64 hex digits, as `stanch set` prints it");
	o->pinned = true;
	return 0;
}

static int
take_min_epoch(struct arguments *o, const char *value, struct error *err)
{
	return number(value, SEAL_VERSION_MAX, &o->min_epoch) && o->min_epoch ? 0 : bad(err, "min-epoch", "is a number from 1 on");
}

static int
take_min_version(struct arguments *o, const char *value, struct error *err)
{
	const char *is = strchr(value, '=');
	uint64_t version;
	struct seal_floor *floor;

	if (!is || !seal_is_name(value, (size_t)(is - value)) || !number(is + 1, SEAL_VERSION_MAX, &version) || !version)
		return bad(err, "min-version", "is NAME=NUMBER");
	floor = grow(&o->floors, &o->floor_count, sizeof *floor, err);
	if (!floor || !(floor->name = keep(o, value, (size_t)(is - value), err)))
		return -1;
	floor->version = version;
	return 0;
}

static int
take_name(struct arguments *o, const char *value, struct error *err)
{
	const char **name;

	if (!seal_is_name(value, strlen(value)))
		return bad(err, "name", "is a secret's name, such as db/password");
	name = grow(&o->names, &o->name_count, sizeof *name, err);
	if (!name)
		return -1;
	*name = value;
	return 0;
}

static int
take_mode(struct arguments *o, const char *value, struct error *err)
{
	return mode(value, &o->mode) ? 0 : bad(err, "mode", "is 0400, 0440 or 0444");
}

/* [NAME:]uid=N or [NAME:]gid=N */
static int
take_grant(struct arguments *o, const char *value, struct error *err)
{
	const char *colon = strchr(value, ':'), *rest = colon ? colon + 1 : value;
	struct grant grant = { .group = strncmp(rest, "gid=", 4) == 0 };
	uint64_t id;

	if ((colon && !seal_is_name(value, (size_t)(colon - value))) || (!grant.group && strncmp(rest, "uid=", 4) != 0) ||
		!number(rest + 4, UINT32_MAX - 1, &id))
		return bad(err, "grant", "is uid=NUMBER or gid=NUMBER, or NAME:uid=NUMBER for one secret");
	if (o->grant_count == ACL_GRANTS_MAX)
		return bad(err, "grant", "is given too often");
	grant.id = (uint32_t)id;
	if (colon && !(grant.name = keep(o, value, (size_t)(colon - value), err)))
		return -1;
	o->grants[o->grant_count++] = grant;
	return 0;
}

static int
take_template(struct arguments *o, const char *value, struct error *err)
{
	const char *colon = strrchr(value, ':');
	struct template_from *t;

	if (!colon || colon == value || !seal_is_name(colon + 1, strlen(colon + 1)))
		return bad(err, "template", "is FILE:NAME, such as /etc/app/app.conf.in:app.conf");
	t = grow(&o->templates, &o->template_count, sizeof *t, err);
	if (!t || !(t->source = keep(o, value, (size_t)(colon - value), err)))
		return -1;
	t->name = colon + 1;
	return 0;
}

static bool
is_variable(const char *text)
{
	if (!*text || (*text >= '0' && *text <= '9'))
		return false;
	return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] == '\0' && strlen(text) <= 255;
}

static int
take_env(struct arguments *o, const char *value, struct error *err)
{
	const char *is = strchr(value, '=');
	const size_t len = is ? (size_t)(is - value) : strlen(value);
	struct env_wanted *e;

	if (!seal_is_name(value, len) || (is && !is_variable(is + 1)))
		return bad(err, "env", "is NAME or NAME=VARIABLE");
	e = grow(&o->envs, &o->env_count, sizeof *e, err);
	if (!e)
		return -1;
	memcpy(e->name, value, len);
	e->variable = is ? is + 1 : NULL;
	return 0;
}

static int
take_size(struct arguments *o, const char *value, struct error *err)
{
	return size(value, &o->mount_size) ? 0 : bad(err, "size", "is a number of bytes, with k, m or g");
}

static int
take_max_bytes(struct arguments *o, const char *value, struct error *err)
{
	return size(value, &o->max_bytes) ? 0 : bad(err, "max-bytes", "is a number of bytes, with k, m or g");
}

static int
seconds(const char *option, const char *value, unsigned least, unsigned *out, struct error *err)
{
	uint64_t n;

	if (!number(value, 86400 * 365, &n) || n < least)
		return bad(err, option, "is a number of seconds");
	*out = (unsigned)n;
	return 0;
}

static int
take_grace(struct arguments *o, const char *value, struct error *err)
{
	return seconds("grace", value, 0, &o->grace, err);
}

static int
take_interval(struct arguments *o, const char *value, struct error *err)
{
	return seconds("interval", value, 1, &o->interval, err);
}

static int
take_signal(struct arguments *o, const char *value, struct error *err)
{
	o->signal = child_signal_number(value);
	return o->signal ? 0 : bad(err, "signal", "is a signal's name, such as HUP, or its number");
}

static int
take_on_expiry(struct arguments *o, const char *value, struct error *err)
{
	o->remove_expired = strcmp(value, "remove") == 0;
	return o->remove_expired || strcmp(value, "keep") == 0 ? 0 : bad(err, "on-expiry", "is keep or remove");
}

static const struct option table[] = {
	{ "scope", "C/N/W", "cluster, namespace and workload that this is; required", take_scope },
	{ "sealed", "DIR", "folder of *.sealed files; required", take_sealed },
	{ "set", "FILE", "the signed set; stanch.set in DIR by default", take_set },
	{ "signers", "FILE", "who may seal what; not beneath DIR; required", take_signers },
	{ "identity", "FILE", "secret keys: a file, fd:N or credential:NAME; up to 8 keys", take_identity },
	{ "identity-fd", "N", "a secret key from an open descriptor", take_identity_fd },
	{ "identity-env", "VAR", "a secret key from the environment, where others can see it", take_identity_env },
	{ "identity-mode", "MODE", "widest mode that a key's file may have (0440)", take_identity_mode },
	{ "to", "DIR", "where files are published; on tmpfs", take_to },
	{ "pin", "DIGEST", "the one set that is accepted", take_pin },
	{ "pin-file", "FILE", "the same, read from a file; not beneath DIR", take_pin_file },
	{ "min-epoch", "N", "least epoch of the set", take_min_epoch },
	{ "min-version", "NAME=N", "least version of one secret", take_min_version },
	{ "no-floor", NULL, "accept any old set; warns", take_no_floor },
	{ "name", "NAME", "deliver only this one; may be repeated", take_name },
	{ "mode", "MODE", "mode of files, within each secret's own (0400)", take_mode },
	{ "grant", "[NAME:]uid=N", "let another user (or gid=N) read", take_grant },
	{ "template", "FILE:NAME", "publish FILE as NAME with each {{name}} filled in", take_template },
	{ "env", "NAME[=VAR]", "pass a value as a variable; warns", take_env },
	{ "fd", NULL, "pass sealed memory descriptors instead of files", take_fds },
	{ "mount", NULL, "mount a tmpfs on --to first (root)", take_mount },
	{ "size", "BYTES", "size of that tmpfs (16m)", take_size },
	{ "max-bytes", "BYTES", "bytes of all secrets together (16m)", take_max_bytes },
	{ "grace", "SECONDS", "how long the generation before stays (60)", take_grace },
	{ "init", NULL, "stay as parent of PROGRAM: forward signals, reap", take_init },
	{ "exec", NULL, "become PROGRAM, even as process 1", take_exec },
	{ "watch", NULL, "stay, and take up new sets", take_watch },
	{ "ready", NULL, "say by the exit status whether --to was delivered to, and nothing else", take_ready },
	{ "interval", "SECONDS", "look at least so often (60)", take_interval },
	{ "signal", "NAME", "sent to PROGRAM after a new set", take_signal },
	{ "touch", "FILE", "touched after a new set", take_touch },
	{ "on-expiry", "keep|remove", "what happens to what expires under --watch (keep)", take_on_expiry },
	{ "audit", "FILE", "append the audit log there instead of standard error", take_audit },
	{ "audit-check", "FILE", "check an audit log's chain, and nothing else", take_audit_check },
	{ "strict", NULL, "refuse where the system protects less than it could", take_strict },
	{ "quiet", NULL, "no notes", take_quiet },
	{ "help", NULL, "this", take_help },
	{ "version", NULL, "the version", take_version },
};

const char *
arguments_help(size_t i)
{
	static char line[128];
	char left[40];

	if (i >= LENGTH(table))
		return NULL;
	snprintf(left, sizeof left, "--%s%s%s", table[i].name, table[i].value ? " " : "", table[i].value ? table[i].value : "");
	snprintf(line, sizeof line, "  %-26s %s", left, table[i].about);
	return line;
}

static const struct option *
find(const char *name, size_t len)
{
	for (size_t i = 0; i < LENGTH(table); i++)
		if (strlen(table[i].name) == len && memcmp(table[i].name, name, len) == 0)
			return &table[i];
	return NULL;
}

/* one argument, with its value in the same or the next; how many were used up, or -1 */
static int
take(struct arguments *o, const char *arg, const char *next, struct error *err)
{
	const size_t len = strlen(arg) > 2 ? strcspn(arg + 2, "=") : 0;
	const struct option *option = strncmp(arg, "--", 2) == 0 ? find(arg + 2, len) : strcmp(arg, "-h") == 0 ? find("help", 4) : NULL;
	const char *value = len && arg[2 + len] == '=' ? arg + 3 + len : NULL;

	if (!option && *arg != '-')
		return error_set(err, ERROR_USAGE, "%.60s is no option; a program to be started stands after --", arg);
	if (!option)
		return error_set(err, ERROR_USAGE, "there is no option %.*s; see --help", (int)(len < 60 ? len + 2 : 60), arg);
	if (!option->value && value)
		return bad(err, option->name, "takes no value");
	if (!option->value || value)
		return option->take(o, value, err) < 0 ? -1 : 1;
	if (!next)
		return error_set(err, ERROR_USAGE, "--%s needs %s", option->name, option->value);
	return option->take(o, next, err) < 0 ? -1 : 2;
}

/* what must or must not go together */
static int
check(const struct arguments *o, struct error *err)
{
	const struct {
		bool wrong;
		const char *why;
	} rules[] = {
		{ !o->scope, "--scope CLUSTER/NAMESPACE/WORKLOAD is needed: it says who this is" },
		{ !o->sealed, "--sealed DIR is needed: the folder of sealed files" },
		{ !o->signers, "--signers FILE is needed: it says whose seals count" },
		{ o->identity_count == 0, "--identity FILE is needed: the key that opens the files" },
		{ !o->to && !o->fds, "--to DIR is needed: a folder on tmpfs (or --fd, which needs none)" },
		{ o->to && o->fds, "--fd publishes no files, so it goes without --to" },
		{ o->fds && !o->program, "--fd needs a PROGRAM after --, to which the descriptors are passed" },
		{ o->fds && o->watch, "--fd can't be taken up anew, so it goes without --watch" },
		{ o->env_count && !o->program, "--env needs a PROGRAM after --" },
		{ o->init && !o->program, "--init needs a PROGRAM after --" },
		{ o->init && o->exec, "--init and --exec exclude each other" },
		{ o->exec && o->watch, "--exec and --watch exclude each other" },
		{ o->signal && !(o->watch && o->program), "--signal needs --watch and a PROGRAM" },
		{ o->touch && !o->watch, "--touch needs --watch" },
		{ o->pinned && o->pin_file, "--pin and --pin-file exclude each other" },
		{ o->mount && !o->to, "--mount needs --to" },
		{ !o->pinned && !o->pin_file && !o->min_epoch && !o->floor_count && !o->no_floor,
			"nothing keeps an old set from being played back: give --pin DIGEST (or --pin-file, --min-epoch, --min-version); --no-floor goes without" },
	};

	for (size_t i = 0; i < LENGTH(rules); i++)
		if (rules[i].wrong)
			return error_set(err, ERROR_USAGE, "%s", rules[i].why);
	return 0;
}

int
arguments_parse(int argc, char **argv, struct arguments *o, struct error *err)
{
	int at = 0;

	*o = (struct arguments){ .mode = 0400, .identity_mode = 0440, .mount_size = 16 * MIB, .max_bytes = 16 * MIB, .grace = 60, .interval = 60 };
	while (at < argc && strcmp(argv[at], "--") != 0) {
		const int used = take(o, argv[at], at + 1 < argc ? argv[at + 1] : NULL, err);

		if (used < 0)
			return -1;
		at += used;
	}
	if (at + 1 < argc)
		o->program = argv + at + 1;
	else if (at < argc && !o->help && !o->version)
		return error_set(err, ERROR_USAGE, "no PROGRAM stands after --");
	if (o->ready && !o->to)
		return error_set(err, ERROR_USAGE, "--ready needs --to DIR");
	return o->help || o->version || o->audit_check || o->ready ? 0 : check(o, err);
}

void
arguments_done(struct arguments *o)
{
	while (o->texts) {
		char *before;

		memcpy(&before, o->texts, sizeof before);
		free(o->texts);
		o->texts = before;
	}
	free(o->floors);
	free(o->names);
	free(o->templates);
	free(o->envs);
	*o = (struct arguments){ 0 };
}
