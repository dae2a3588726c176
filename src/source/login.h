/* login.h: what Docker's configuration says for a registry. */
#ifndef SOURCE_LOGIN_H
#define SOURCE_LOGIN_H

#include <stddef.h>

struct error;

/*
 * Finds "user:password" for a host in $DOCKER_CONFIG/config.json or
 * ~/.docker/config.json: 1 found, 0 there is none, -1 when it is kept by a
 * credential helper, which is a program and not run. The caller wipes it.
 */
int login_find(const char *host, char *out, size_t size, struct error *);

#endif
