#include "source/source.h"

#include <string.h>

extern const struct source source_tree, source_stdin, source_environment, source_git, source_staged;
extern const struct source source_tree, source_stdin, source_environment, source_staged, source_image, source_registry;

static const struct source *const sources[] = {
	&source_stdin,
	&source_environment,
	&source_git,
	&source_staged,
	&source_image,
	&source_registry,
	&source_tree,                   /* takes what nobody else does */
};

const struct source *
source_list(unsigned i)
{
	return i < sizeof sources / sizeof sources[0] ? sources[i] : NULL;
}

const struct source *
source_find(const char *target, const char **rest)
{
	const struct source *best = NULL, *s;
	int most = 0;

	*rest = target;
	for (unsigned i = 0; (s = source_list(i)); i++) {
		const int bid = s->bid(target);

		if (s->prefix && strncmp(target, s->prefix, strlen(s->prefix)) == 0) {
			*rest = target + strlen(s->prefix);
			return s;
		}
		if (bid > most) {
			most = bid;
			best = s;
		}
	}
	return best;
}
