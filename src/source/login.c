#include "source/login.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include <stanch/error.h>

#include "base/buf.h"
#include "base/io.h"

#define CONFIG_MOST ((size_t)1 << 20)

/* the entry of a host, which may be written as a URL */
static json_t *
entry_of(json_t *auths, const char *host)
{
	static const char *const forms[] = { "%s", "https://%s", "https://%s/", "http://%s", "https://%s/v1/", "https://%s/v2/" };
	char key[320];
	json_t *found;

	if (strcmp(host, "registry-1.docker.io") == 0 && (found = json_object_get(auths, "https://index.docker.io/v1/")))
		return found;
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		snprintf(key, sizeof key, forms[i], host);
		found = json_object_get(auths, key);
		if (found)
			return found;
	}
	return NULL;
}

static int
decode(const char *auth, char *out, size_t size)
{
	size_t n;

	if (!auth || sodium_base642bin((unsigned char *)out, size - 1, auth, strlen(auth), "\r\n ", &n, NULL,
	    sodium_base64_VARIANT_ORIGINAL) < 0)
		return 0;
	while (n && out[n - 1] == 0)
		n--;
	out[n] = 0;
	return strchr(out, ':') ? 1 : 0;
}

static int
look_up(json_t *root, const char *host, char *out, size_t size, struct error *err)
{
	json_t *entry = entry_of(json_object_get(root, "auths"), host);
	const char *user = json_string_value(json_object_get(entry, "username"));
	const char *password = json_string_value(json_object_get(entry, "password"));

	if (decode(json_string_value(json_object_get(entry, "auth")), out, size))
		return 1;
	if (user && password)
		return snprintf(out, size, "%s:%s", user, password) < (int)size;
	if (json_object_get(json_object_get(root, "credHelpers"), host) || (entry && json_object_get(root, "credsStore")))
		return error_set(err, ERROR_UNSUPPORTED, "the password for %s is kept by a credential helper, which is not run; "
		    "write it to a config.json and name its folder in DOCKER_CONFIG", host);
	return 0;
}

int
login_find(const char *host, char *out, size_t size, struct error *err)
{
	const char *folder = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
	struct buf path, text;
	struct error ignored;
	json_t *root = NULL;
	int r = 0;

	buf_init(&path);
	buf_init(&text);
	if (folder && *folder)
		buf_addf(&path, "%s/config.json", folder);
	else
		buf_addf(&path, "%s/.docker/config.json", home ? home : "");
	if (access(buf_str(&path), R_OK) == 0 && io_read_path(buf_str(&path), CONFIG_MOST, &text, &ignored) == 0)
		root = json_loadb((const char *)text.at, text.len, 0, NULL);
	if (root)
		r = look_up(root, host, out, size, err);
	json_decref(root);
	if (text.at)
		sodium_memzero(text.at, text.len);
	buf_done(&text);
	buf_done(&path);
	return r;
}
