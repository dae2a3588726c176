/* fuzz_audit.c: the checklist over any text: the first byte says as what. Findings point into the text and hold no line of a secret. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>
#include <stanch/finding.h>

#include "audit/audit.h"
#include "blob/origin.h"
#include "rules/rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
on_finding(void *arg, const struct finding *f)
{
	const size_t len = *(const size_t *)arg;

	if (!f->rule || !f->origin || f->offset > len || f->length > len - f->offset || f->line < 1 || f->column < 1)
		abort();
	if (f->excerpt && f->excerpt_at + f->excerpt_len > strlen(f->excerpt))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "Dockerfile", "m.yaml", ".github/workflows/x.yml", "docker-compose.yml" };
	const char *name = size ? names[data[0] % 4] : "";
	const struct origin origin = origin_step(NULL, ORIGIN_FILE, name, 0);
	size_t len = size ? size - 1 : 0;
	struct audit *a = size ? audit_new(on_finding, &len) : NULL;
	struct error err;

	if (!a)
		return 0;
	audit_text(a, &origin, name, (struct bytes){ data + 1, len }, &err);
	audit_end(a, &err);
	audit_free(a);
	return 0;
}
