#include <string.h>

#include <stanch/finding.h>

static const char *const severities[] = { "info", "low", "medium", "high", "critical" };
static const char *const confidences[] = { "possible", "likely", "strong", "certain" };
static const char *const evidences[] = { "checksum", "structure", "prefix", "pair", "assignment", "randomness" };

static int
parse(const char *const *names, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return -1;
}

const char *
severity_name(enum severity s)
{
	return severities[s];
}

const char *
confidence_name(enum confidence c)
{
	return confidences[c];
}

int
severity_parse(const char *name)
{
	return parse(severities, 5, name);
}

int
confidence_parse(const char *name)
{
	return parse(confidences, 4, name);
}

const char *
evidence_name(unsigned set, unsigned i)
{
	for (unsigned bit = 0; bit < sizeof evidences / sizeof evidences[0]; bit++)
		if ((set >> bit & 1) && i-- == 0)
			return evidences[bit];
	return NULL;
}
