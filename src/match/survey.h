/*
 * survey.h: what a glance tells of blocks in a row, as a survey_fn does. Included by what first says how many of them
 * are looked at together (LANES is 4, which two registers of SSE2 and one of AVX2 hold, or 8), and then defines set().
 */
#include <stdbool.h>
#include <string.h>

#include "match/classes.h"
#include "rules/run.h"

/* the same number of LANES blocks; the compiler knows what a processor has for that */
typedef uint64_t lanes __attribute__((vector_size(LANES * sizeof(uint64_t))));

#define INLINE static inline __attribute__((always_inline))

/* bits: which of them are not 0 */
static inline uint64_t set(const lanes *);

/* LANES numbers from `at` on, and those of the blocks behind them */
struct stretch {
	lanes here, next;
};

INLINE void
load(struct stretch *s, const uint64_t *at)
{
	memcpy(&s->here, at, sizeof s->here);
	memcpy(&s->next, at + 1, sizeof s->next);
}

/* here becomes where its bits and those k bytes on are set */
INLINE void
both(struct stretch *s, int k)
{
	s->here &= s->here >> k | s->next << (64 - k);
	s->next &= s->next >> k;
}

/* here becomes where one of them is set */
INLINE void
either(struct stretch *s, int k)
{
	s->here |= s->here >> k | s->next << (64 - k);
	s->next |= s->next >> k;
}

/* here becomes where RUN_LENGTH (16) bits in a row are set */
INLINE void
all_of(struct stretch *s)
{
	both(s, 1);
	both(s, 2);
	both(s, 4);
	both(s, 8);
}

/* here becomes where one of RUN_LENGTH (16) bits in a row is set */
INLINE void
one_of(struct stretch *s)
{
	either(s, 1);
	either(s, 2);
	either(s, 4);
	either(s, 8);
}

INLINE void
survey(struct glance *g)
{
	g->runs = 0;
	for (size_t i = 0; i < GLANCE_BLOCKS; i += LANES) {
		struct stretch words, rows, upper, lower, digit;
		lanes hot;

		load(&words, g->word + i);
		load(&rows, g->base64 + i);
		all_of(&words);
		all_of(&rows);
		memcpy(g->rows + i, &rows.here, sizeof rows.here);
		if (!set(&words.here))
			continue;
		load(&upper, g->upper + i);
		load(&lower, g->letter + i);
		load(&digit, g->digit + i);
		lower.here &= ~upper.here;
		lower.next &= ~upper.next;
		one_of(&upper);
		one_of(&lower);
		one_of(&digit);
		hot = (rows.here & (digit.here | upper.here)) | (words.here & upper.here & lower.here);
		g->runs |= set(&hot) << i;
	}
	/* what was not glanced at tells nothing */
	g->runs &= ((uint64_t)1 << GLANCE_BLOCKS) - 1;
}
