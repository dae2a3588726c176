/* What is held until a feed has ended: settled, joined, told in order. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stanch/blob.h>
#include <stanch/error.h>
#include <stanch/finding.h>

#include "blob/origin.h"
#include "rules/rule.h"
#include "scan/gather.h"

Suite *gather_suite(void);

static const struct rule token = { .id = "token" }, password = { .id = "password" };
static const struct attribute layer_attributes[] = { { "index", "3" }, { "created_by", "COPY . /srv" }, { 0 } };

static char told[4096];

static void
on_finding(void *arg, const struct finding *f)
{
	char *at = told + strlen(told);

	(void)arg;
	at += sprintf(at, "%s %d %s", f->rule->id, f->mark[0], f->origin->name);
	for (size_t i = 0; i < f->place_count; i++)
		at += sprintf(at, ",%s", f->places[i].origin->name);
	sprintf(at, "\n");
	ck_assert_uint_eq(strlen(f->id), FINDING_ID_CHARS);
	if (f->origin->parent)
		ck_assert_str_eq(origin_attribute(f->origin->parent, "created_by"), "COPY . /srv");
}

static void
on_unread(void *arg, const struct unread *u)
{
	(void)arg;
	sprintf(told + strlen(told), "unread %s %s\n", u->origin->name, u->why);
}

static const struct gather_calls calls = { on_finding, on_unread, NULL };

/* names become upper case; "gone" is left out, "bad" fails */
static int
settle(struct feed *feed, struct finding *f, struct arena *arena, struct error *err)
{
	struct origin *o = arena_new(arena, sizeof *o);
	char *name = arena_string(arena, (struct bytes){ (const uint8_t *)f->origin->name, strlen(f->origin->name) });

	(void)feed;
	ck_assert(o && name);
	if (strcmp(name, "gone") == 0)
		return 0;
	if (strcmp(name, "bad") == 0)
		return error_set(err, ERROR_SYNTAX, "cannot be settled");
	*name = (char)(*name - 'a' + 'A');
	*o = *f->origin;
	o->name = name;
	f->origin = o;
	return 1;
}

static struct feed feed = { .settle = settle };

static void
give(struct gather *g, const struct rule *rule, uint8_t mark, const char *name, bool layered)
{
	struct origin layer = { .step = ORIGIN_LAYER, .name = "3", .attributes = layer_attributes };
	struct origin file = origin_step(layered ? &layer : NULL, ORIGIN_FILE, name, 0);
	struct finding f = { .rule = rule, .origin = &file, .mark = { mark }, .length = 20 };

	if (rule)
		gather_finding(g, &f);
	else
		gather_unread(g, &(struct unread){ &file, "broken" });
}

START_TEST(joined_in_order)
{
	struct gather g;

	gather_init(&g, 100);
	give(&g, &token, 1, "a", true);
	give(&g, &password, 2, "b", true);
	give(&g, NULL, 0, "c", true);
	give(&g, &token, 1, "d", true);
	give(&g, &token, 2, "e", false);
	give(&g, &password, 1, "f", false);
	give(&g, &token, 1, "g", true);
	gather_tell(&g, &feed, &calls);
	ck_assert_str_eq(told, "token 1 A,D,G\npassword 2 B\nunread C broken\ntoken 2 E\npassword 1 F\n");
	gather_done(&g);
}
END_TEST

START_TEST(left_out)
{
	struct gather g;

	gather_init(&g, 100);
	give(&g, &token, 1, "gone", true);
	give(&g, &token, 1, "b", true);
	give(&g, NULL, 0, "gone", true);
	give(&g, &token, 1, "bad", true);
	gather_tell(&g, &feed, &calls);
	ck_assert_str_eq(told, "token 1 B,bad\nunread bad cannot be settled\n");
	gather_done(&g);
}
END_TEST

START_TEST(limited)
{
	struct gather g;

	gather_init(&g, 2);
	for (uint8_t i = 0; i < 5; i++)
		give(&g, &token, i, "a", true);
	gather_tell(&g, &feed, &calls);
	ck_assert_str_eq(told, "token 0 A\ntoken 1 A\nunread a more findings than are held until its end (--max-gathered)\n");
	gather_done(&g);
}
END_TEST

START_TEST(ways_are_shared)
{
	struct gather g;
	const struct origin *first;

	gather_init(&g, 100);
	give(&g, &token, 1, "a", true);
	first = g.last;
	give(&g, &token, 2, "b", true);
	ck_assert_ptr_eq(first->parent, g.last->parent);
	give(&g, &token, 2, "b", false);
	ck_assert_ptr_null(g.last->parent);
	gather_done(&g);
}
END_TEST

static void
clear(void)
{
	told[0] = 0;
}

Suite *
gather_suite(void)
{
	Suite *s = suite_create("gather");
	TCase *t = tcase_create("gather");

	tcase_add_checked_fixture(t, clear, NULL);
	tcase_add_test(t, joined_in_order);
	tcase_add_test(t, left_out);
	tcase_add_test(t, limited);
	tcase_add_test(t, ways_are_shared);
	suite_add_tcase(s, t);
	return s;
}
