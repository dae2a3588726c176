/* Whether sealed files may be trusted, as far as that can be known without a private key. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/keyring.h"
#include "commands/remarks.h"
#include "commands/sealed.h"

#include <stanch/error.h>

/* err.text less its "WORD: " */
static const char *
after_word(const char *text, int status)
{
	const char *word = seal_status_word((enum seal_status)status);
	const size_t n = word ? strlen(word) : 0;

	return word && strncmp(text, word, n) == 0 && strncmp(text + n, ": ", 2) == 0 ? text + n + 2 : text;
}

static int
judge(struct vault *v, const struct sealed *s, const struct seal_signers *signers, const struct seal_asked *asked, struct remarks *out)
{
	const char *why = s->why + (strncmp(s->why, s->path, strlen(s->path)) == 0 ? strlen(s->path) + 2 : 0);
	int r = s->status;

	if (r == SEAL_OK) {
		r = seal_verify(&s->file, signers, asked, v->err);
		why = v->err->text;
	}
	if (r == SEAL_OK)
		remarks_add(out, REMARK_OK, s->path, "ok", "%s version %" PRIu64 " for %s", s->file.header.name, s->file.header.version,
		    s->file.header.scope);
	else
		remarks_add(out, REMARK_ERROR, s->path, seal_status_word((enum seal_status)r), "%s", after_word(why, r));
	v->err->text[0] = 0;
	return r;
}

static int
verify(struct vault *v, const struct string_list *words)
{
	struct sealed_list l = { 0 };
	struct remarks remarks = { 0 };
	struct seal_signers *signers = NULL;
	struct seal_asked asked;
	int r = vault_asked(v, &asked), first = SEAL_OK;

	if (r == SEAL_OK)
		r = keyring_signers(v, &signers);
	if (r == SEAL_OK)
		r = sealed_gather(v, words->at, words->count, &l);
	if (r == SEAL_OK && l.count == 0)
		r = vault_usage(v, "there is no sealed file in what was named");
	for (size_t i = 0; r == SEAL_OK && i < l.count; i++) {
		const int one = judge(v, &l.at[i], signers, &asked, &remarks);

		first = first == SEAL_OK ? one : first;
	}
	if (r == SEAL_OK) {
		/* a refusal's word goes to standard error too, whatever the format */
		remarks_print(&remarks, v->format, v->quiet);
		for (size_t i = 0; i < remarks.count; i++)
			if (remarks.at[i].level == REMARK_ERROR)
				fprintf(stderr, "%s: %s\n", remarks.at[i].path, remarks.at[i].word);
	}
	remarks_done(&remarks);
	sealed_list_done(&l);
	seal_signers_free(signers);
	return r == SEAL_OK ? first : r;
}

static int
run(int argc, char **argv)
{
	static const struct option_row *const tables[] = { vault_checks, vault_common, NULL };

	return vault_run(&command_verify, tables, verify, argc, argv);
}

const struct command command_verify = {
	.name = "verify",
	.usage = "verify [OPTION...] --signers FILE FILE|FOLDER...",
	.about = "checks who signed sealed files and whether they still count, without any key",
	.run = run,
};
