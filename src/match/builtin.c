#include "match/builtin.h"

#include "rules/rules.h"

static bool
has_avx2(void)
{
#ifdef __x86_64__
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

int
builtin_load(struct literals *l, struct error *err)
{
	*l = builtin_literals;
	if ((has_avx2() && literals_load(l, builtin_avx2) == 0) || literals_load(l, builtin_baseline) == 0)
		return 0;
	return literals_build(l, &builtin_rules, LITERALS_HERE, err);
}
