#include "match/compiler.h"

#include <dlfcn.h>
#include <hs.h>
#include <string.h>

#include <stanch/error.h>

#define LIBRARY "libhs.so.5"

/* what is needed of it */
struct compiler {
	void *library;
	__typeof__(hs_compile_lit_multi) *compile;
	__typeof__(hs_free_compile_error) *free_error;
	__typeof__(hs_serialize_database) *serialize;
	__typeof__(hs_free_database) *free_database;
};

/* ISO C knows no conversion from data to function pointers; POSIX promises that they are alike */
static void
find(const struct compiler *c, const char *name, void *function)
{
	void *at = dlsym(c->library, name);

	memcpy(function, &at, sizeof at);
}

static int
load(struct compiler *c, struct error *err)
{
	c->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (!c->library)
		return error_set(err, ERROR_INTERNAL, "rules of your own need " LIBRARY " (Debian: libvectorscan5): %s", dlerror());
	find(c, "hs_compile_lit_multi", &c->compile);
	find(c, "hs_free_compile_error", &c->free_error);
	find(c, "hs_serialize_database", &c->serialize);
	find(c, "hs_free_database", &c->free_database);
	if (c->compile && c->free_error && c->serialize && c->free_database)
		return 0;
	return error_set(err, ERROR_INTERNAL, LIBRARY " lacks what compiling literals needs");
}

static int
run(const struct compiler *c, const struct compiler_job *job, char **bytes, size_t *len, struct error *err)
{
	const hs_platform_info_t platform = { .cpu_features = job->avx2 ? HS_CPU_FEATURES_AVX2 : 0 };
	hs_compile_error_t *why = NULL;
	hs_database_t *db = NULL;
	int r = 0;

	if (c->compile(job->text, job->flags, job->ids, job->lens, job->count, HS_MODE_BLOCK, job->here ? NULL : &platform, &db,
	    &why) != HS_SUCCESS) {
		error_set(err, ERROR_INTERNAL, "compile literals: %s", why ? why->message : "out of memory");
		c->free_error(why);
		return -1;
	}
	if (c->serialize(db, bytes, len) != HS_SUCCESS)
		r = error_set(err, ERROR_INTERNAL, "out of memory for literals");
	c->free_database(db);
	return r;
}

int
compiler_run(const struct compiler_job *job, char **bytes, size_t *len, struct error *err)
{
	struct compiler c = { 0 };
	int r = load(&c, err);

	if (r == 0)
		r = run(&c, job, bytes, len, err);
	/* the library stays loaded: its C++ runtime does not like to go */
	return r;
}
