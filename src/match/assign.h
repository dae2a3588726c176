/*
 * assign.h: is this word part of the name of an assignment, and what is
 * assigned? One parser for configuration, markup, shells and some twenty
 * languages; it looks at no more than 256 bytes before the word and 4 KiB after
 * it, allocates nothing, and refuses a word with no operator behind it at once.
 */
#ifndef MATCH_ASSIGN_H
#define MATCH_ASSIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

#define ASSIGN_VALUES 4

enum assign_syntax {
	ASSIGN_EQUALS,          /* name = value, also :=, ||=, ?= and typed declarations */
	ASSIGN_COLON,           /* name: value */
	ASSIGN_ARROW,           /* name => value, name -> value */
	ASSIGN_COMPARE,         /* name == value, name != value */
	ASSIGN_CALL,            /* name("value") */
	ASSIGN_PAIR,            /* ("name", "value") */
	ASSIGN_DEFAULT,         /* f("name") || "value" */
	ASSIGN_ELEMENT,         /* <name>value</name> */
	ASSIGN_ATTRIBUTE,       /* key="name" value="value", {name: NAME, value: value} */
	ASSIGN_OPTION,          /* --name value */
	ASSIGN_QUERY,           /* ?name=value& */
	ASSIGN_SPACE,           /* name "value", #define name value, ENV name value */
};

struct assign_value {
	struct bytes text;      /* without quotes, an authorization's scheme and the like */
	char quote;             /* the quote it stood in; 0: bare */
	bool whole;             /* bare: nothing but a comment follows it on its line */
	bool direct;            /* stands right behind the operator, in no call and after no other operand */
	bool joined;            /* an operator such as + or . joins it with something */
	bool call;              /* bare: a call or a subscript follows it */
};

struct assign {
	struct bytes text;      /* what was parsed, with all that surrounds it; empty when there is none */
	struct bytes name;      /* whole: with what is dotted or hyphenated to the word */
	enum assign_syntax syntax;
	bool name_quoted;
	bool in_string;         /* the assignment itself stands in a literal */
	bool typed;             /* a type stood between name and operator */
	size_t count;           /* of values, at least 1 */
	struct assign_value values[ASSIGN_VALUES];
};

/* Parses around the word at text[at, at + len); false: no assignment, or none with a value. */
bool assign_parse(struct bytes text, size_t at, size_t len, struct assign *out);

#endif
