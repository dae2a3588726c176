#include "commands/values.h"

#include <stdio.h>
#include <string.h>

bool
values_name(const char *prefix, const char *key, size_t len, char name[SEAL_NAME_MAX + 1])
{
	const int n = snprintf(name, SEAL_NAME_MAX + 1, "%s%s%.*s", prefix ? prefix : "", prefix ? "/" : "", (int)(len & 0xffff), key);
	const size_t at = prefix ? strlen(prefix) + 1 : 0;

	if (n < 0 || n > SEAL_NAME_MAX)
		return false;
	/* ".dockerconfigjson" is a usual key */
	if (name[at] == '.' || name[at] == '-')
		name[at] = '_';
	return true;
}
