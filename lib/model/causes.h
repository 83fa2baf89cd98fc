#pragma once
/* Causes of incidents, and all that is said of them: the rows of causes.def. */
#include "lib/base/base.h"
#include "lib/model/observation.h"

enum ls_cause {
#define CAUSE(id, ...) id,
#include "lib/model/causes.def"
#undef CAUSE
	LS_N_CAUSES,
};

/* How urgent a message of the journal is that is about no drop; a drop is a warning. */
enum ls_level {
	LS_LEVEL_NOTICE,
	LS_LEVEL_INFO,
	LS_LEVEL_WARNING,
};

/* What "3 times" counts of an incident. */
enum ls_cause_counts {
	LS_COUNTS_DISCONNECTS,
	LS_COUNTS_RESETS,
	LS_COUNTS_OVER_CURRENTS,
};

/* Texts are for people, and plain UTF-8 unless they say otherwise. */
struct ls_cause_row {
	const char *name;   /* on the wire and in the store: "link-loss" */
	const char *words;  /* short, of an incident: "link lost" */
	bool is_drop;	    /* usually; where it is false, never */
	bool rests_on_time; /* it is decided by how long the device was away */
	/* LS_SOURCE_NONE, or the one without which there is no such incident, unless the device
	 * left. */
	enum ls_source only_source;
	bool lists_ruled_out; /* "could it not have been …?": see ls_cause_ruled_out() */
	/* Of causes that are no drop: which one advice is given for, the highest first; 0: none. */
	unsigned int concern;
	unsigned int concern_from; /* so many of them, 0: the first one */

	/* The journal: "port 1-2: a device lost its link". */
	const char *message_id; /* 32 hexadecimal digits */
	enum ls_level level;
	enum ls_cause_counts counts;
	bool names_children;	  /* "(3 devices)" */
	const char *subject;	  /* where no device is known; NULL: "a device" */
	const char *verb;	  /* "lost its link" */
	const char *verb_no_drop; /* where it is no drop; NULL: the same */

	/* At the terminal: what it means, and what to do next. */
	const char *meaning, *next;

	/* The catalog of the journal, without line breaks; it may name fields of the message. */
	const char *catalog_title, *catalog_meaning;
	const char *catalog_next; /* behind "What to do first:" */

	const char *manual;			  /* of linkstat.1, in roff */
	const char *readme_meaning, *readme_side; /* cells of a table in Markdown; NULL: "" */
};

/* Never NULL: LS_CAUSE_UNKNOWN's for what is none. */
const struct ls_cause_row *ls_cause_row(enum ls_cause cause);

/* "link-loss". Never NULL. */
const char *ls_cause_name(enum ls_cause cause);
/* The reverse; 1 or -EINVAL. */
int ls_cause_from_name(const char *name, enum ls_cause *ret);
/* A cause in plain words: "link lost", "unplugged", "port disabled by interference". */
const char *ls_cause_words(enum ls_cause cause);
