#pragma once
/* For test_server_contract.c: reads lib/wire/linkstat.varlink into tables. */
#include <ctype.h>

#include "daemon/server/methods.h"
#include "lib/base/cursor.h"
#include "tests/unit/daemon/server_peer.h"

#define MAX_FIELDS  24
#define MAX_MEMBERS 80

struct field {
	char name[40];
	struct ls_cursor type; /* "?[]Event" */
	bool seen;	       /* with a value */
};

struct members {
	struct field fields[MAX_FIELDS];
	size_t n;
};

enum kind { TYPE, METHOD, ERROR };

struct member {
	enum kind kind;
	char name[40];
	struct members in, out; /* of a method; a type and an error have only @out */
	bool seen;
};

struct contract {
	struct member members[MAX_MEMBERS];
	size_t n;
};

static inline void
skip_space(struct ls_cursor *cur)
{
	for (;;) {
		while (ls_take_char(cur, ' ') || ls_take_char(cur, '\n') || ls_take_char(cur, ','))
			;
		if (!ls_take_char(cur, '#'))
			return;
		(void)ls_take_until(cur, '\n');
	}
}

static inline struct ls_cursor
take_word(struct ls_cursor *cur, const char *others)
{
	const char *start = cur->at;

	while (cur->at < cur->end && (isalnum((unsigned char)*cur->at) || strchr(others, *cur->at)))
		cur->at++;
	assert_true(cur->at > start);
	return (struct ls_cursor){ start, cur->at };
}

static inline void
copy_word(char name[40], struct ls_cursor word)
{
	snprintf(name, 40, "%.*s", (int)ls_cursor_left(&word), word.at);
}

static inline void
take_members(struct ls_cursor *cur, struct members *members)
{
	skip_space(cur);
	assert_true(ls_take_char(cur, '('));
	for (skip_space(cur); !ls_take_char(cur, ')'); skip_space(cur)) {
		struct field *field = &members->fields[members->n++];

		assert_true(members->n <= MAX_FIELDS);
		copy_word(field->name, take_word(cur, "_"));
		assert_true(ls_take_literal(cur, ": "));
		field->type = take_word(cur, "?[]");
	}
}

static inline void
read_contract(struct contract *contract)
{
	static const char *const kinds[] = { "type", "method", "error" };
	struct ls_cursor cur =
		ls_cursor_of(ls_interface_description, strlen(ls_interface_description));
	char word[40];

	skip_space(&cur);
	assert_true(ls_take_literal(&cur, "interface io.linkstat"));
	for (skip_space(&cur); ls_cursor_left(&cur) > 0; skip_space(&cur)) {
		struct member *member = &contract->members[contract->n++];
		size_t kind = 0;

		assert_true(contract->n <= MAX_MEMBERS);
		copy_word(word, take_word(&cur, ""));
		while (strcmp(kinds[kind], word) != 0)
			assert_true(++kind < LS_COUNT(kinds));
		member->kind = (enum kind)kind;
		skip_space(&cur);
		copy_word(member->name, take_word(&cur, ""));
		take_members(&cur, kind == METHOD ? &member->in : &member->out);
		skip_space(&cur);
		if (kind == METHOD && ls_take_literal(&cur, "->"))
			take_members(&cur, &member->out);
	}
}

static inline struct member *
find(struct contract *contract, enum kind kind, const char *name)
{
	for (size_t i = 0; i < contract->n; i++) {
		if (contract->members[i].kind == kind &&
		    strcmp(contract->members[i].name, name) == 0)
			return &contract->members[i];
	}
	fail_msg("the contract does not name %s", name);
	return NULL;
}
