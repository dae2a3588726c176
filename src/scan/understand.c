#include "scan/understand.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "manifest/entry.h"
#include "manifest/judge.h"
#include "manifest/meaning.h"
#include "manifest/role.h"
#include "manifest/strict.h"
#include "match/window.h"
#include "rules/rules.h"
#include "scan/job.h"
#include "scan/keep.h"
#include "scan/safe.h"
#include "triage/allow.h"
#include "triage/placeholder.h"
#include "triage/shape.h"

/* a reference or ciphertext is short; what is longer may only begin like one */
#define MEANING_MOST 4096

static const char *
string(struct understood *u, struct bytes text)
{
	const char *s = arena_string(&u->job->arena, text);

	u->failed |= !s;
	return s;
}

static const char *
steal(struct understood *u, struct buf *b)
{
	const char *s = b->failed ? NULL : string(u, (struct bytes){ b->at, b->len });

	u->failed |= b->failed;
	buf_done(b);
	return s && *s ? s : NULL;
}

static const struct told *
told_within(const struct within *in)
{
	for (; in; in = in->outer)
		if (in->told)
			return in->told;
	return NULL;
}

static const char *
raw(struct understood *u, const struct part *p, uint32_t node)
{
	return node && tree_scalar(&p->tree, node) ? string(u, tree_raw(&p->tree, node)) : NULL;
}

/* the outermost object that a place belongs to: what is in a ConfigMap's value is the ConfigMap's */
static void
set_object(struct understood *u, struct manifest_place at, const struct told *outer, struct told *t)
{
	if (outer && outer->kind) {
		t->kind = outer->kind;
		t->space = outer->space;
		t->name = outer->name;
		return;
	}
	for (; at.part; at = (struct manifest_place){ at.part->outer, at.part->node }) {
		const struct object o = role_object(&at.part->tree, at.node);

		if (!o.node)
			continue;
		t->kind = raw(u, at.part, o.kind);
		t->space = raw(u, at.part, o.space);
		t->name = raw(u, at.part, o.name);
	}
}

static const struct told *
tell_place(struct understood *u, struct manifest_place at, struct bytes name)
{
	const struct told *outer = told_within(u->within);
	struct told *t = arena_new(&u->job->arena, sizeof *t);
	struct buf b;

	if (!t) {
		u->failed = true;
		return NULL;
	}
	buf_init(&b);
	if (outer && outer->path)
		buf_adds(&b, outer->path);
	manifest_path(at, &b);
	t->path = steal(u, &b);
	buf_init(&b);
	if (outer && outer->pointer)
		buf_adds(&b, outer->pointer);
	manifest_pointer(at, &b);
	t->pointer = steal(u, &b);
	if (name.len)
		t->key = string(u, name);
	t->role = at.part->role ? at.part->role[at.node] : 0;
	set_object(u, at, outer, t);
	return t;
}

const struct told *
understand_place(struct understood *u, size_t at)
{
	struct manifest_place place;

	if (!u->manifest.count || !manifest_at(&u->manifest, at, &place))
		return told_within(u->within);
	return tell_place(u, place, (struct bytes){ 0 });
}

void
understand_tell(struct understood *u)
{
	for (size_t i = 0; i < u->keeps->count; i++) {
		struct kept *k = &u->keeps->kept[i];

		if (k->judged.verdict == VERDICT_KEEP && !k->told)
			k->told = understand_place(u, k->at);
	}
}

/* what is base64 is decoded on its own: no hit in its text means anything */
static void
add_encoded(struct understood *u, const struct entry *it)
{
	if (u->encodeds == u->encoded_cap) {
		const size_t cap = u->encoded_cap ? u->encoded_cap * 2 : 8;
		struct encoded *more = realloc(u->encoded, cap * sizeof *more);

		if (!more) {
			u->failed = true;
			return;
		}
		u->encoded = more;
		u->encoded_cap = cap;
	}
	u->encoded[u->encodeds++] = (struct encoded){ bytes_cut(u->window->text, it->at, it->end), tell_place(u, it->place, it->name) };
}

static bool
base64_text(struct bytes b)
{
	size_t n = 0, pad = 0;

	for (size_t i = 0; i < b.len; i++) {
		if (isspace(b.at[i]))
			continue;
		if (!isalnum(b.at[i]) && !strchr("+/=-_", b.at[i]))
			return false;
		pad += b.at[i] == '=';
		n++;
	}
	return n >= 4 && n % 4 == 0 && pad <= 2;
}

/* the hit that an entry is, or its part that is meant */
static struct hit
hit_of(const struct understood *u, const struct entry *it, const struct rule *rule, struct bytes secret)
{
	const bool cut = it->exact && secret.len;
	const size_t at = cut ? it->at + (size_t)(secret.at - it->value.at) : it->at;
	const size_t len = cut ? secret.len : it->end - it->at;

	return (struct hit){ .rule = rule, .window = u->window, .anchor = at, .at = at, .secret = bytes_cut(u->window->text, at, at + len) };
}

static void
trace(const struct understood *u, const struct hit *h, const struct judged *j)
{
	if (u->trace && h->rule && h->secret.len)
		u->trace(u->trace_arg, h, j);
}

static void
add_kept(struct understood *u, const struct entry *it, const struct rule *rule, struct bytes secret, const struct judged *judged)
{
	const struct hit h = hit_of(u, it, rule, secret);
	struct judged j = *judged;
	struct kept *k;

	if (allow_has(u->window->text, h.at, rule->id))
		j.verdict = VERDICT_ALLOWED;
	trace(u, &h, &j);
	if (!keeps_add(u->keeps, &h, &j, u->job)) {
		u->failed = true;
		return;
	}
	k = &u->keeps->kept[u->keeps->count - 1];
	k->key = string(u, it->name);
	k->told = it->place.part ? tell_place(u, it->place, it->name) : told_within(u->within);
	if (!it->exact && !bytes_equal(secret, h.secret)) {
		uint8_t *copy = arena_new(&u->keeps->values, secret.len);

		u->failed |= !copy;
		if (copy)
			k->value = (struct bytes){ memcpy(copy, secret.at, secret.len), secret.len };
	}
}

/* a shape that a rule met is none of a secret where the whole value is a stand-in or a reference */
static void
drop_stand_in(struct understood *u, const struct entry *it, struct bytes secret)
{
	const size_t at = it->exact ? it->at + (size_t)(secret.at - it->value.at) : it->at;
	const size_t len = it->exact ? secret.len : it->end - it->at;
	const char *why;

	for (size_t i = 0; len <= 64 && i < u->keeps->count; i++) {
		struct kept *k = &u->keeps->kept[i];

		if (k->at == at && k->len == len && !(k->judged.evidence & (EVIDENCE_CHECKSUM | EVIDENCE_STRUCTURE)) &&
		    (meaning_of(secret, &why) != MEANING_LITERAL || placeholder_sure(secret)))
			k->judged.verdict = VERDICT_PLACEHOLDER;
	}
}

static void
on_entry(void *arg, const struct entry *it)
{
	struct understood *u = arg;
	const struct rule *rule;
	struct judged judged;
	struct bytes secret;
	const char *id, *why;

	/* of a text of several windows each owns what begins in it */
	if (it->place.part && (it->at < u->window->own || it->at >= u->window->own_end))
		return;
	if (it->role & ROLE_BASE64 && base64_text(it->value) && meaning_of(it->value, &why) == MEANING_LITERAL) {
		add_encoded(u, it);
		return;
	}
	if (u->keeps->count >= KEEPS_MOST || !judge_entry(it, u->file, &id, &secret, &judged))
		return;
	if (judged.verdict == VERDICT_KEEP && shape_prefix(u->rules, secret))
		return;
	/* as triage.c does with what it finds without keys */
	if (judged.confidence > CONFIDENCE_POSSIBLE && shape_named(u->rules, it->name))
		judged.confidence = CONFIDENCE_POSSIBLE;
	rule = rules_find(u->rules, id);
	if (judged.verdict != VERDICT_KEEP) {
		const struct hit h = hit_of(u, it, rule, secret);

		trace(u, &h, &judged);
		drop_stand_in(u, it, secret);
	} else if (rule)
		add_kept(u, it, rule, secret, &judged);
}

/*
 * A word of a command may be a reference or ciphertext, too; ids and hashes
 * that rules tell are neither, nor is what its own check proves. NULL: it is
 * the secret.
 */
static const char *
refers(const struct understood *u, const struct kept *k)
{
	const struct bytes secret = bytes_cut(u->window->text, k->at, k->at + k->len);
	const char *why = NULL;
	const bool proved = k->judged.evidence & (EVIDENCE_CHECKSUM | EVIDENCE_STRUCTURE);
	enum meaning meaning;

	if (proved || k->len > MEANING_MOST || k->rule->severity < SEVERITY_HIGH)
		return NULL;
	meaning = meaning_of(secret, &why);
	return meaning == MEANING_REFERENCE || (meaning == MEANING_SAFE && bytes_starts(secret, "ENC")) ? why : NULL;
}

/* what keys say against a hit; NULL: nothing */
static const char *
objection(struct understood *u, const struct kept *k)
{
	const bool guess = k->rule->kind == RULE_ASSIGNMENT;
	struct manifest_place place;
	const struct tree *t;
	size_t at, end;
	unsigned role;
	const char *why;

	if ((why = refers(u, k)))
		return why;
	if (k->rule->kind == RULE_TOKEN || !manifest_at(&u->manifest, k->at, &place) || !tree_scalar(&place.part->tree, place.node))
		return NULL;
	t = &place.part->tree;
	role = place.part->role ? place.part->role[place.node] : 0;
	at = manifest_where(place.part, t->node[place.node].at);
	end = t->node[place.node].end > t->node[place.node].at ? manifest_where(place.part, t->node[place.node].end - 1) + 1 : at;
	if (k->at < at)                 /* it begins in a key: a guess at what the key's value is */
		return guess && k->at + k->len + 1 >= end && k->at + k->len > at ? "its own key decides" : NULL;
	if (role & ROLE_SAFE || t->node[place.node].flags & TREE_SEALED)
		return "sealed already";
	if (role & ROLE_REFERENCE || t->node[place.node].flags & TREE_REFERS)
		return "it names what holds the secret";
	if (role & ROLE_BASE64 && guess)
		return "it is base64, and judged by what that says";
	/* {"token": "{\"x\": \"…\"}"}: the name outside is what tells, and no key in there takes its place */
	if (guess && place.part->outer && k->key && !bytes_equal_nocase(tree_key(t, place.node), bytes_of(k->key)))
		return NULL;
	if (end - at <= MEANING_MOST && meaning_of(tree_raw(t, place.node), &why) != MEANING_LITERAL)
		return why;
	if (guess && k->at <= at + 8 && k->at + k->len + 1 >= end)
		return "its own key decides";
	if (k->rule->kind == RULE_KEYED && t->node[place.node].key_len && judge_harmless(tree_key(t, place.node)))
		return "its name speaks of something else";
	return NULL;
}

/* a manifest's own judgement stands instead of the guesses at the same text */
static void
settle(struct understood *u)
{
	size_t n = 0;

	for (size_t i = 0; i < u->keeps->count; i++) {
		struct kept *k = &u->keeps->kept[i];
		const char *why = k->judged.verdict == VERDICT_KEEP ? objection(u, k) : NULL;
		struct hit h = { .rule = k->rule, .window = u->window, .anchor = k->at, .at = k->at };

		if (!why) {
			u->keeps->kept[n++] = *k;
			continue;
		}
		h.secret = bytes_cut(u->window->text, k->at, k->at + k->len);
		k->judged.verdict = VERDICT_NOT_SECRET;
		k->judged.why = why;
		trace(u, &h, &k->judged);
	}
	u->keeps->count = n;
}

static bool
holds(struct bytes text, const char *word)
{
	return bytes_find(text, bytes_of(word)) < text.len;
}

static void
tell_at(struct understood *u, size_t at, const char *what, const char *then)
{
	struct buf why;

	buf_init(&why);
	buf_addf(&why, "%s in line %llu: %s", what, (unsigned long long)window_place(u->window, at).line, then);
	u->failed |= why.failed || !job_unread(u->job, u->window->origin, buf_str(&why));
	buf_done(&why);
}

/* the first byte of a window that is not UTF-8, or its length; a character that a window's border cuts is whole in another */
static size_t
not_utf8(const struct window *w)
{
	size_t from = w->own;

	while (from < w->text.len && from - w->own < 3 && (w->text.at[from] & 0xc0) == 0x80 && w->offset)
		from++;
	from += bytes_utf8(bytes_cut(w->text, from, w->text.len));
	return from < w->own_end ? from : w->text.len;
}

/*
 * An object of a cluster that breaks its format's rules is told: a key may
 * hide from what reads it by them. Templates are expected to.
 */
static void
tell_trouble(struct understood *u)
{
	const struct tree *t = u->manifest.count ? &u->manifest.part[0]->tree : NULL;
	const struct bytes text = u->window->text;
	uint32_t twice;
	size_t bad;

	if (!t || !t->count || !(t->trouble ? holds(text, "apiVersion") && holds(text, "kind") : strict_object(t)) || holds(text, "{{"))
		return;
	if (t->trouble)
		tell_at(u, t->trouble_at, t->trouble, "from there on it is read by its lines");
	if ((twice = strict_twice(t)))
		tell_at(u, t->node[twice].key, "a key stands a second time in its mapping", "which value counts depends on who reads it; both were scanned");
	if ((bad = not_utf8(u->window)) < text.len)
		tell_at(u, bad, "it is not UTF-8", "who reads it may see other text; its bytes were scanned as they are");
}

void
understand_read(struct understood *u, const struct manifest_format *format)
{
	const struct window *w = u->window;

	manifest_read_window(&u->manifest, format, w->text, w->offset, w->own, w->own_end, u->carry);
	u->failed |= u->manifest.failed;
}

bool
understand_settles(struct understood *u, const struct hit *h)
{
	const struct kept k = { .rule = h->rule, .at = h->at, .len = h->secret.len };
	struct manifest_place place;

	/* where a text is a value of another, its key may not be what decides */
	return h->rule->kind == RULE_ASSIGNMENT && manifest_at(&u->manifest, h->at, &place) && !place.part->outer && objection(u, &k);
}

void
understand(struct understood *u)
{
	settle(u);
	entry_each(&u->manifest, on_entry, u);
	tell_trouble(u);
	if (u->verbose)
		safe_values(u);
}

void
understand_whole(struct understood *u)
{
	const struct told *t = u->within->told;
	struct entry it = { .name = bytes_of(t->key), .role = t->role & ~(unsigned)ROLE_BASE64, .value = u->window->text, .exact = true };
	struct judged judged;
	struct bytes secret;
	const struct rule *rule;
	const char *id;

	while (it.value.len && isspace(it.value.at[0])) {
		it.value = bytes_cut(it.value, 1, it.value.len);
		it.at++;
	}
	while (it.value.len && isspace(it.value.at[it.value.len - 1]))
		it.value.len--;
	it.end = it.at + it.value.len;
	if (!it.value.len || !judge_entry(&it, u->file, &id, &secret, &judged) || !keeps_wants(&judged) || !(rule = rules_find(u->rules, id)))
		return;
	add_kept(u, &it, rule, secret, &judged);
}

void
understood_done(struct understood *u)
{
	manifest_done(&u->manifest);
	free(u->encoded);
}
