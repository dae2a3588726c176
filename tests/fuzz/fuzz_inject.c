/* fuzz_inject.c: what is injected into any text can be taken out again, byte for byte, and stays as it is when injected twice. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "inject/bundle.h"
#include "inject/inject.h"
#include "inject/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct bytes
all(const struct buf *b)
{
	return (struct bytes){ b->at, b->len };
}

static void
try(struct bytes text, const struct plan *plan)
{
	struct injected count = { 0 };
	struct buf once, twice, back, bare;
	struct error err;

	buf_init(&once);
	buf_init(&twice);
	buf_init(&back);
	buf_init(&bare);
	if (inject_remove(text, "fuzz", &bare, &count, &err) == 0 && inject_add(text, "fuzz", plan, &once, &count, &err) == 0) {
		if (inject_remove(all(&once), "fuzz", &back, &count, &err) < 0 || !bytes_equal(all(&back), all(&bare)))
			abort();
		if (inject_add(all(&once), "fuzz", plan, &twice, &count, &err) < 0 || !bytes_equal(all(&once), all(&twice)))
			abort();
	}
	buf_done(&once);
	buf_done(&twice);
	buf_done(&back);
	buf_done(&bare);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "db/password", "token", NULL };
	static struct bundle bundle = { .set.scope = "prod/payments/api", .pin = "blake2b-256:0123456789abcdef" };
	struct plan plan = { .image = "r/stanch-init@sha256:0", .scope = "prod/payments/api", .sealed = "sealed", .signers = "configmap:signers",
		.identity = "secret:identity", .to = "/run/stanch/secrets", .pin = bundle.pin, .size = 1 << 20, .uid = PLAN_ANYONE, .names = names };

	if (size < 1)
		return 0;
	if (!bundle.data)
		bundle.data = json_pack("{s:s, s:s}", "a.sealed", "stanch-sealed/v1\nname: a\n", "stanch.set", "stanch-set/v1\n");
	plan.files_for_env = data[0] & 1;
	plan.watch = data[0] & 2;
	plan.bundle = data[0] & 4 ? &bundle : NULL;
	if (!plan.bundle)
		plan.sealed = "image:r/sealed@sha256:0";
	if (data[0] & 8) {
		plan.sealed = "sealed";
		plan.bundle = &bundle;
		plan.identity = "path:identity.key";
		plan.signers = "signers";
		plan.signers_text = "# nobody\n";
	}
	try((struct bytes){ data + 1, size - 1 }, &plan);
	return 0;
}
