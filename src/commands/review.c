#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mark.h"
#include "commands/commands.h"
#include "commands/settings.h"
#include "review/admission.h"
#include "review/server.h"
#include "scan/texts.h"

struct review_settings {
	struct server_options server;
	enum severity deny;
	enum confidence min_confidence;
	const char *fail;
	struct string_list rules;
	uint64_t threads;
	bool warn, secrets, help;
};

#define AT(field) offsetof(struct review_settings, field)

static const struct option_row rows[] = {
	{ "listen", 0, "ADDRESS:PORT", "serve as a webhook over HTTPS; `activated`: on the socket that systemd hands over", option_text, AT(server.listen) },
	{ "cert", 0, "FILE", "the server's certificate, PEM; read anew when it changes", option_text, AT(server.certificate) },
	{ "key", 0, "FILE", "its key", option_text, AT(server.key) },
	{ "deny-from", 0, "SEVERITY", "deny from this severity on, below it warn (default: medium)", option_severity, AT(deny) },
	{ "warn", 0, NULL, "never deny: warn", option_flag, AT(warn) },
	{ "fail", 0, "open|closed", "what can't be read to its end is let in with a warning, or denied (default: closed)", option_text, AT(fail) },
	{ "secrets", 0, NULL, "a Secret's own values count, too", option_flag, AT(secrets) },
	{ "min-confidence", 0, "CONFIDENCE", "tell findings from this confidence on (default: likely)", option_confidence, AT(min_confidence) },
	{ "rules", 0, "PATH", "rules of your own, a file or folder; repeatable", option_list, AT(rules) },
	{ "threads", 0, "N", "of the server (default: one a core)", option_size, AT(threads) },
	{ "help", 'h', NULL, "this text", option_flag, AT(help) },
	{ 0 },
};

static const struct option_row *const tables[] = { rows, NULL };

/* one review from standard input */
static int
answer_one(const struct admission *a, struct error *err)
{
	struct buf in, out;
	bool allowed = false;
	int r;

	buf_init(&in);
	buf_init(&out);
	r = io_read_fd(STDIN_FILENO, "standard input", ADMISSION_MOST, &in, err);
	if (r == 0)
		r = admission_answer(a, (struct bytes){ in.at, in.len }, &out, &allowed, err);
	if (r == 0) {
		fwrite(out.at, 1, out.len, stdout);
		putchar('\n');
	}
	if (in.at)
		sodium_memzero(in.at, in.cap);
	buf_done(&in);
	buf_done(&out);
	return r < 0 ? -1 : allowed ? STATUS_NOTHING : STATUS_FOUND;
}

/* what is reviewed may hold secrets: no core file, no other process looks in */
static void
close_up(void)
{
	const struct rlimit none = { 0, 0 };

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
}

static bool
loopback(const char *listen)
{
	return strncmp(listen, "127.", 4) == 0 || strncmp(listen, "[::1]", 5) == 0 || strncmp(listen, "localhost:", 10) == 0;
}

static int
check(const struct review_settings *s, const struct string_list *words, struct error *err)
{
	if (words->count)
		return error_set(err, ERROR_USAGE, "%s: a review comes from standard input, or over --listen", words->at[0]);
	if (!s->server.certificate != !s->server.key)
		return error_set(err, ERROR_USAGE, "--cert and --key go together");
	if (s->fail && strcmp(s->fail, "open") != 0 && strcmp(s->fail, "closed") != 0)
		return error_set(err, ERROR_USAGE, "--fail %s: is neither open nor closed", s->fail);
	if (s->server.certificate && !s->server.listen)
		return error_set(err, ERROR_USAGE, "--cert is for --listen");
	if (s->server.listen && !s->server.certificate && !loopback(s->server.listen))
		return error_set(err, ERROR_USAGE, "--listen %s: without --cert and --key only a loopback address is served", s->server.listen);
	return 0;
}

static int
review(const struct review_settings *s, struct error *err)
{
	uint8_t mark_key[MARK_KEY_BYTES];
	struct settings defaults;
	struct armory armory;
	struct scan_options options = { .min_confidence = s->min_confidence, .mark_key = mark_key };
	struct admission a = { .deny = s->deny, .warn_only = s->warn, .fail_open = s->fail && strcmp(s->fail, "open") == 0, .secrets = s->secrets };
	int r;

	if (sodium_init() < 0)
		return error_set(err, ERROR_INTERNAL, "libsodium can't be used on this machine");
	settings_init(&defaults);
	defaults.rules = s->rules;
	defaults.limits.seconds = 5;            /* a cluster waits 10 by default */
	if (armory_open(&armory, &defaults, err) < 0)
		return -1;
	close_up();
	mark_key_random(mark_key);
	options.rules = armory.rules;
	options.literals = armory.literals;
	options.limits = &defaults.limits;
	a.texts = texts_new(&options, err);
	r = !a.texts ? -1 : s->server.listen ? server_run(&s->server, &a, err) : answer_one(&a, err);
	texts_free(a.texts);
	armory_close(&armory);
	sodium_memzero(mark_key, sizeof mark_key);
	return r;
}

static int
run(int argc, char **argv)
{
	struct review_settings s = { .deny = SEVERITY_MEDIUM, .min_confidence = CONFIDENCE_LIKELY };
	struct string_list words = { 0 };
	struct error err;
	int r = options_parse(tables, &s, argc, argv, &words, &err);

	if (r == 0 && s.help) {
		printf("usage: stanch %s\n\n%s\n\n", command_review.usage, command_review.about);
		options_help(tables);
		puts("\nexit status: 0 allowed, 1 denied, 2 usage, 3 could not work");
	} else if (r == 0) {
		s.server.threads = s.threads > 64 ? 64 : (unsigned)s.threads;
		r = check(&s, &words, &err);
		if (r == 0)
			r = review(&s, &err);
	}
	if (r < 0)
		r = command_failed("review", &err);
	string_list_done(&words);
	string_list_done(&s.rules);
	return r;
}

const struct command command_review = {
	.name = "review",
	.usage = "review [OPTION...]",
	.about = "answer a cluster's AdmissionReview, from standard input or as a webhook",
	.run = run,
};
