#pragma once
/*
 * The Varlink interfaces as tables, made from *.varlink by contract.py when linkstat is built: what
 * linkstatd serves and checks calls by, and what linkstat checks replies by. All is constant.
 */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

enum ls_contract_kind {
	LS_CONTRACT_STRING,
	LS_CONTRACT_TIME,   /* a string with a time, see linkstat.varlink */
	LS_CONTRACT_INT,    /* an id, a count or a size */
	LS_CONTRACT_BYTES,  /* a count of bytes: a disk moves 2^40 of them in an hour */
	LS_CONTRACT_SIGNED, /* of 32 bits */
	LS_CONTRACT_FLOAT,
	LS_CONTRACT_BOOL,
	LS_CONTRACT_OBJECT, /* .of */
};

enum ls_contract_container {
	LS_CONTRACT_NONE, /* the value itself */
	LS_CONTRACT_LIST,
	LS_CONTRACT_MAP, /* of strings to values */
};

struct ls_contract_type;

struct ls_contract_member {
	const char *name;
	enum ls_contract_kind kind;
	enum ls_contract_container container;
	bool optional; /* may be null or missing */
	bool later;    /* an older linkstatd does not send it */
	const struct ls_contract_type *of;
};

/* A type, the parameters of a call, a reply or an error. */
struct ls_contract_type {
	const char *name;
	const struct ls_contract_member *members;
	size_t n_members;
};

struct ls_contract_method {
	const char *name;
	bool streams; /* needs "more" */
	const struct ls_contract_type *call, *reply;
};

struct ls_contract {
	const char *name, *description; /* io.linkstat, and the text of its file */
	const struct ls_contract_method *methods;
	size_t n_methods;
	const struct ls_contract_type *const *errors;
	size_t n_errors;
};

extern const struct ls_contract ls_contract_io_linkstat, ls_contract_org_varlink_service;

/* NULL if there is none. */
const struct ls_contract_method *ls_contract_method(const struct ls_contract *contract,
						    const char *name);

enum {
	/* Calls: members that the contract does not know are refused. */
	LS_CONTRACT_NO_OTHERS = 1 << 0,
	/* Replies: members marked .later may be missing. */
	LS_CONTRACT_OLDER = 1 << 1,
	/* Replies: times must be times, and numbers within the limits of what is counted. */
	LS_CONTRACT_LIMITS = 1 << 2,
};

/* Where a value differs from its type, at the innermost place; borrowed from table and value. */
struct ls_contract_fault {
	const struct ls_contract_type *type;
	const char *member; /* missing, malformed or unknown; NULL: the value is not an object */
};

/* 1, or -EBADMSG with @fault set. @flags: LS_CONTRACT_… above. */
int ls_contract_check(const struct ls_contract_type *type, const json_t *value, unsigned int flags,
		      struct ls_contract_fault *fault);

/* The same of one member of @type; NULL is a missing one. */
int ls_contract_check_member(const struct ls_contract_type *type,
			     const struct ls_contract_member *member, const json_t *value,
			     unsigned int flags, struct ls_contract_fault *fault);
/* The first member of @value that @type does not have, NULL if there is none. */
const char *ls_contract_unknown(const struct ls_contract_type *type, const json_t *value);
