#include "report/location.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/finding.h>

#include "base/buf.h"
#include "blob/origin.h"

static bool
opens(const struct origin *o)
{
	return o->step == ORIGIN_MEMBER || o->step == ORIGIN_VARIABLE;
}

/* the outermost step that lies inside a file, or NULL */
static const struct origin *
entrance(const struct origin *o)
{
	const struct origin *found = NULL;

	for (; o; o = o->parent)
		if (opens(o) && o->parent)
			found = o;
	return found;
}

void
location_file(const struct origin *o, struct buf *out)
{
	struct buf file;

	/* origin_file takes what it finds in the buffer for a step before its own */
	buf_init(&file);
	origin_file(o, &file);
	if (file.len) {
		buf_add(out, file.at, file.len);
	} else {
		while (o->parent)
			o = o->parent;
		buf_adds(out, *o->name ? o->name : "-");
	}
	out->failed |= file.failed;
	buf_done(&file);
}

static const struct origin *
commit_of(const struct origin *o)
{
	while (o && o->step != ORIGIN_COMMIT)
		o = o->parent;
	return o;
}

void
location_path(const struct origin *o, struct buf *out)
{
	const struct origin *commit = commit_of(o);
	size_t before = out->len, skip;
	struct buf prefix;

	buf_init(&prefix);
	if (commit)
		origin_file(commit, &prefix);
	location_file(o, out);
	skip = prefix.len + 1;
	if (commit && out->len - before > skip && out->at[before + prefix.len] == '/') {
		memmove(out->at + before, out->at + before + skip, out->len - before - skip);
		out->len -= skip;
	}
	out->failed |= prefix.failed;
	buf_done(&prefix);
}

void
location_outer(const struct origin *o, struct buf *out)
{
	const struct origin *inside = entrance(o);
	const char *dockerfile;

	if (location_dockerfile(o, &dockerfile))
		buf_adds(out, dockerfile);
	else
		location_path(inside ? inside->parent : o, out);
}

bool
location_inside(const struct origin *o)
{
	const char *dockerfile;

	return location_dockerfile(o, &dockerfile) || entrance(o);
}

bool
location_layered(const struct origin *o)
{
	while (o && o->step != ORIGIN_LAYER && o->step != ORIGIN_IMAGE)
		o = o->parent;
	return o;
}

unsigned long
location_dockerfile(const struct origin *o, const char **name)
{
	for (; o; o = o->parent) {
		const char *line = origin_attribute(o, "dockerfile_line");

		*name = origin_attribute(o, "dockerfile");
		if (line && *name)
			return strtoul(line, NULL, 10);
	}
	return 0;
}

bool
location_told_more(const struct origin *o)
{
	while (o && !o->attributes)
		o = o->parent;
	return o;
}

bool
location_nested(const struct origin *o)
{
	for (; o; o = o->parent)
		if (o->step != ORIGIN_TARGET && o->step != ORIGIN_FILE)
			return true;
	return false;
}

static void
tell_step(const struct origin *o, struct buf *out)
{
	if (o->step == ORIGIN_COMMIT || o->step == ORIGIN_OBJECT || o->step == ORIGIN_LAYER)
		buf_addf(out, "%s ", origin_step_name(o->step));
	buf_adds(out, o->name);
	if (o->step == ORIGIN_DECODED)
		buf_addf(out, "@%" PRIu64, o->offset);
}

/* the steps below a given one; a target is told by the files in it */
static void
tell_steps(const struct origin *o, const struct origin *above, const char *between, struct buf *out)
{
	size_t before = out->len;

	if (o->parent && o->parent != above)
		tell_steps(o->parent, above, between, out);
	if (o->step == ORIGIN_TARGET)
		return;
	if (out->len > before)
		buf_adds(out, between);
	tell_step(o, out);
}

void
location_way(const struct origin *o, const char *between, struct buf *out)
{
	struct buf file;

	buf_init(&file);
	origin_file(o, &file);
	if (!file.len) {
		location_file(o, out);
		buf_adds(out, o->step == ORIGIN_TARGET ? "" : between);
	}
	out->failed |= file.failed;
	buf_done(&file);
	tell_steps(o, NULL, between, out);
}

void
location_within(const struct origin *o, const char *between, struct buf *out)
{
	const struct origin *inside = entrance(o);

	tell_steps(o, inside ? inside->parent : NULL, between, out);
}

const char *
location_commit(const struct origin *o)
{
	const struct origin *commit = commit_of(o);

	return commit ? commit->name : NULL;
}

void
location_point(const struct finding *f, struct buf *out)
{
	location_file(f->origin, out);
	if (f->line)
		buf_addf(out, ":%" PRIu64 ":%" PRIu64, f->line, f->column);
	else
		buf_addf(out, ", byte %" PRIu64, f->offset);
}

static bool
for_programs(const char *name)
{
	static const char *const names[] = { "index", "digest", "diff_id", "object", "versions", "layers", "base_layers" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

void
location_details(const struct origin *o, struct buf *out)
{
	const char *between = ": ";

	if (o->parent)
		location_details(o->parent, out);
	for (const struct attribute *a = o->attributes; a && a->name; a++) {
		if (for_programs(a->name) || !*a->value)
			continue;
		if (*between == ':') {
			buf_adds(out, out->len ? "\n" : "");
			tell_step(o, out);
		}
		buf_adds(out, strcmp(a->name, "dockerfile_line") == 0 ? "" : between);
		if (strcmp(a->name, "dockerfile_line") == 0)
			buf_addf(out, ":%s", a->value);
		else if (strcmp(a->name, "removed_by") == 0)
			buf_addf(out, "removed by %.12s", a->value);
		else
			buf_addf(out, "%s%s", strcmp(a->name, "removed_date") == 0 ? "on " : "", a->value);
		between = ", ";
	}
}

void
location_place(const struct finding_place *p, const char *between, struct buf *out)
{
	location_way(p->origin, between, out);
	if (p->line)
		buf_addf(out, ":%" PRIu64 ":%" PRIu64, p->line, p->column);
	else
		buf_addf(out, ", byte %" PRIu64, p->offset);
}
