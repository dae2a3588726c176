#include "base/document.h"

#include <libfyaml.h>

#include <stanch/error.h>

static void
complain(struct fy_diag *diag, const char *file, struct error *err)
{
	void *iter = NULL;
	const struct fy_diag_error *first = fy_diag_errors_iterate(diag, &iter);

	if (first)
		error_set(err, ERROR_SYNTAX, "%s:%d:%d: is not YAML: %s", file, first->line + 1, first->column + 1, first->msg);
	else
		error_set(err, ERROR_SYNTAX, "%s: is not YAML: there is nothing in it", file);
}

static void
say_nothing(struct fy_diag *diag, void *user, const char *text, size_t len)
{
	(void)diag, (void)user, (void)text, (void)len;
}

struct fy_diag *
document_silence(void)
{
	struct fy_diag_cfg cfg;
	struct fy_diag *diag;

	fy_diag_cfg_default(&cfg);
	cfg.fp = NULL;
	cfg.output_fn = say_nothing;    /* some are not collected, as that a text has no document */
	diag = fy_diag_create(&cfg);
	if (diag)
		fy_diag_set_collect_errors(diag, true);
	return diag;
}

struct fy_document *
document_parse(struct bytes text, const char *file, struct error *err)
{
	struct fy_diag *diag = document_silence();
	const struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG, .diag = diag };
	struct fy_document *doc;

	/* some of what is no UTF-8 keeps libfyaml 0.7 reading for ever */
	if (!bytes_is_utf8(text)) {
		error_set(err, ERROR_SYNTAX, "%s: is not YAML: not UTF-8", file);
		fy_diag_destroy(diag);
		return NULL;
	}
	if (!diag) {
		error_set(err, ERROR_INTERNAL, "out of memory reading %s", file);
		return NULL;
	}
	doc = fy_document_build_from_string(&cfg, (const char *)text.at, text.len);
	if (!doc)
		complain(diag, file, err);
	fy_diag_destroy(diag);
	return doc;
}
