#include "match/regex.h"

#include <stdatomic.h>

#include <stanch/error.h>

/* steps of one match: anchored patterns need some dozens, so this is only met by hostile text or rules */
#define MATCH_LIMIT 200000
#define HEAP_LIMIT_KIB 2048
#define JIT_STACK_MAX ((size_t)512 << 10)

int
regex_scratch_init(struct regex_scratch *s, struct error *err)
{
	s->data = pcre2_match_data_create(16, NULL);
	s->context = pcre2_match_context_create(NULL);
	s->stack = pcre2_jit_stack_create((size_t)16 << 10, JIT_STACK_MAX, NULL);
	if (!s->data || !s->context || !s->stack)
		return error_set(err, ERROR_INTERNAL, "out of memory for matching");
	pcre2_set_match_limit(s->context, MATCH_LIMIT);
	pcre2_set_heap_limit(s->context, HEAP_LIMIT_KIB);
	pcre2_jit_stack_assign(s->context, NULL, s->stack);
	return 0;
}

void
regex_scratch_done(struct regex_scratch *s)
{
	pcre2_match_data_free(s->data);
	pcre2_match_context_free(s->context);
	pcre2_jit_stack_free(s->stack);
}

void
regex_done(struct regex *re)
{
	pcre2_code_free(atomic_load(&re->code));
}

static const pcre2_code *
compiled(struct regex *re, struct error *err)
{
	pcre2_code *code = atomic_load_explicit(&re->code, memory_order_acquire), *other = NULL;
	PCRE2_SIZE at;
	int why;

	if (code)
		return code;
	code = pcre2_compile((PCRE2_SPTR)re->pattern, PCRE2_ZERO_TERMINATED, PCRE2_ANCHORED, &why, &at, NULL);
	if (!code) {
		error_set(err, ERROR_INTERNAL, "a pattern does not compile: PCRE2 error %d", why);
		return NULL;
	}
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);    /* where it can't, matching is slower and the same */
	if (atomic_compare_exchange_strong(&re->code, &other, code))
		return code;
	pcre2_code_free(code);
	return other;
}

int
regex_match(struct regex *re, struct regex_scratch *s, struct bytes text, size_t at, struct regex_match *m, struct error *err)
{
	const pcre2_code *code = compiled(re, err);
	const PCRE2_SIZE *o;
	int r;

	if (!code)
		return -1;
	r = pcre2_match(code, text.at, text.len, at, 0, s->data, s->context);
	if (r == PCRE2_ERROR_NOMATCH)
		return 0;
	if (r < 0)
		return error_set(err, ERROR_LIMIT, "a pattern took too long here and was given up");
	o = pcre2_get_ovector_pointer(s->data);
	*m = (struct regex_match){ .at = o[0], .end = o[1], .secret = o[0], .secret_end = o[1] };
	r = pcre2_substring_number_from_name(code, (PCRE2_SPTR)"secret");
	if (r > 0 && r < 16 && o[2 * r] != PCRE2_UNSET) {
		m->secret = o[2 * r];
		m->secret_end = o[2 * r + 1];
		m->grouped = true;
	}
	if (m->end < m->at || m->secret_end < m->secret)
		return 0;
	return 1;
}
