#include "review/admission.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <stanch/error.h>
#include <stanch/scan.h>

#include "base/buf.h"
#include "rules/rule.h"
#include "scan/texts.h"

/* findings told of one object; what a cluster shows of each, it cuts beyond 256 bytes */
#define TOLD 10
#define WARNING 250

/* A finding by which an older one is known again. */
struct seen {
	uint8_t mark[MARK_BYTES];
};

struct review {
	const struct admission *admission;
	const char *version, *kind;
	json_t *request, *warnings;
	struct seen *old;               /* of the object before the change */
	size_t olds, cap;
	struct buf why;                 /* of a denial */
	unsigned denied, told;
	bool unread, failed, old_object;
	char first_unread[128];
};

static const char *
text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* a Secret is where they belong, once it is in the cluster; its annotations are not */
static bool
in_secret(const struct review *r, const struct finding *f)
{
	return strcmp(r->kind, "Secret") == 0 && f->path && (strncmp(f->path, "data", 4) == 0 || strncmp(f->path, "stringData", 10) == 0) &&
	    !r->admission->secrets;
}

static bool
had_before(const struct review *r, const struct finding *f)
{
	for (size_t i = 0; i < r->olds; i++)
		if (memcmp(r->old[i].mark, f->mark, MARK_BYTES) == 0)
			return true;
	return false;
}

static void
remember(struct review *r, const struct finding *f)
{
	if (r->olds == r->cap) {
		const size_t cap = r->cap ? r->cap * 2 : 8;
		struct seen *more = realloc(r->old, cap * sizeof *more);

		if (!more) {
			r->failed = true;
			return;
		}
		r->old = more;
		r->cap = cap;
	}
	memcpy(r->old[r->olds++].mark, f->mark, MARK_BYTES);
}

static void
warn(struct review *r, const char *text)
{
	size_t n = strnlen(text, WARNING);
	json_t *s;

	while (text[n] && n && ((uint8_t)text[n] & 0xc0) == 0x80)       /* no character is cut in two */
		n--;
	if (json_array_size(r->warnings) >= TOLD)
		return;
	s = json_stringn(text, n);
	r->failed |= !s || json_array_append_new(r->warnings, s) < 0;
}

static void
on_finding(void *arg, const struct finding *f)
{
	struct review *r = arg;
	const bool deny = f->rule->severity >= r->admission->deny && !r->admission->warn_only && !had_before(r, f);
	struct buf text;

	if (r->old_object) {
		remember(r, f);
		return;
	}
	if (in_secret(r, f))
		return;
	buf_init(&text);
	buf_addf(&text, "%s: %s", f->path ? f->path : "(object)", f->rule->about);
	if (f->rule->advice)
		buf_addf(&text, ". %s", f->rule->advice);
	r->failed |= text.failed;
	if (!deny) {
		buf_adds(&text, had_before(r, f) ? " (it was there before)" : "");
		warn(r, buf_str(&text));
	} else if (r->denied++ < TOLD) {
		buf_addf(&r->why, "%s%s", r->why.len ? "; " : "", buf_str(&text));
	}
	buf_done(&text);
}

static void
on_unread(void *arg, const struct unread *u)
{
	struct review *r = arg;

	if (r->old_object || r->unread)
		return;
	r->unread = true;
	snprintf(r->first_unread, sizeof r->first_unread, "%s", u->why);
}

static int
scan_object(struct review *r, const char *key, struct error *err)
{
	const struct scan_calls calls = { .finding = on_finding, .unread = on_unread, .arg = r };
	const json_t *object = json_object_get(r->request, key);
	char *text;
	int ret;

	if (!json_is_object(object))
		return 0;
	text = json_dumps(object, JSON_COMPACT);
	if (!text)
		return error_set(err, ERROR_INTERNAL, "out of memory");
	r->old_object = strcmp(key, "oldObject") == 0;
	ret = texts_scan(r->admission->texts, "object.json", bytes_of(text), &calls, err);
	r->old_object = false;
	free(text);
	return ret;
}

/* what was not looked at whole is let in or not, as was asked for */
static void
settle_unread(struct review *r, const char *why)
{
	struct buf text;

	buf_init(&text);
	buf_addf(&text, "stanch could not look at all of it: %s", why);
	if (r->admission->fail_open || r->admission->warn_only) {
		warn(r, buf_str(&text));
	} else {
		r->denied++;
		buf_addf(&r->why, "%s%s", r->why.len ? "; " : "", buf_str(&text));
	}
	buf_done(&text);
}

static json_t *
response(struct review *r)
{
	json_t *answer = json_object(), *status;

	json_object_set_new(answer, "uid", json_string(text_of(r->request, "uid")));
	json_object_set_new(answer, "allowed", json_boolean(r->denied == 0));
	if (r->denied) {
		struct buf text;

		buf_init(&text);
		buf_addf(&text, "stanch: %s", buf_str(&r->why));
		if (r->denied > TOLD)
			buf_addf(&text, "; and %u more", r->denied - TOLD);
		status = json_object();
		json_object_set_new(status, "code", json_integer(403));
		json_object_set_new(status, "reason", json_string("Forbidden"));
		json_object_set_new(status, "message", json_string(buf_str(&text)));
		json_object_set_new(answer, "status", status);
		buf_done(&text);
	}
	if (json_array_size(r->warnings))
		json_object_set(answer, "warnings", r->warnings);
	return answer;
}

static int
write_answer(struct review *r, struct buf *out, struct error *err)
{
	json_t *root = json_object();
	char *text;

	json_object_set_new(root, "apiVersion", json_string(r->version));
	json_object_set_new(root, "kind", json_string("AdmissionReview"));
	json_object_set_new(root, "response", response(r));
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	if (text)
		buf_adds(out, text);
	free(text);
	return !text || out->failed || r->failed || r->why.failed ? error_set(err, ERROR_INTERNAL, "out of memory") : 0;
}

static int
check(const json_t *root, struct error *err)
{
	const char *version = text_of(root, "apiVersion");
	const json_t *request = json_object_get(root, "request");

	if (strcmp(text_of(root, "kind"), "AdmissionReview") != 0)
		return error_set(err, ERROR_SYNTAX, "it is no AdmissionReview");
	if (strcmp(version, "admission.k8s.io/v1") != 0 && strcmp(version, "admission.k8s.io/v1beta1") != 0)
		return error_set(err, ERROR_SYNTAX, "its apiVersion is neither admission.k8s.io/v1 nor v1beta1");
	if (!json_is_object(request) || !*text_of(request, "uid"))
		return error_set(err, ERROR_SYNTAX, "it has no request with a uid");
	return 0;
}

static int
answer(const struct admission *a, json_t *root, struct buf *out, bool *allowed, struct error *err)
{
	struct review r = { .admission = a, .version = text_of(root, "apiVersion"), .request = json_object_get(root, "request"), .warnings = json_array() };
	struct error late;
	int ret;

	buf_init(&r.why);
	r.kind = text_of(json_object_get(r.request, "kind"), "kind");
	if (scan_object(&r, "oldObject", &late) < 0 || scan_object(&r, "object", &late) < 0)
		settle_unread(&r, late.text);
	else if (r.unread)
		settle_unread(&r, r.first_unread);
	*allowed = r.denied == 0;
	ret = write_answer(&r, out, err);
	json_decref(r.warnings);
	buf_done(&r.why);
	free(r.old);
	return ret;
}

int
admission_answer(const struct admission *a, struct bytes request, struct buf *out, bool *allowed, struct error *err)
{
	json_error_t why;
	json_t *root = json_loadb((const char *)request.at, request.len, JSON_REJECT_DUPLICATES, &why);
	int ret;

	*allowed = false;
	if (!root)
		return error_set(err, ERROR_SYNTAX, "it is no JSON: line %d: %.80s", why.line, why.text);
	ret = check(root, err);
	if (ret == 0)
		ret = answer(a, root, out, allowed, err);
	json_decref(root);
	return ret;
}
