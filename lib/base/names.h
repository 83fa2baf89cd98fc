#pragma once
/*
 * Names of the constants of an enum, made from one list:
 *
 *   #define LS_COLOURS(X) X(LS_RED, "red") X(LS_BLUE, "blue")
 *   enum ls_colour { LS_COLOURS(LS_ENUM_ID) LS_N_COLOURS };
 *   static const char *const names[] = { LS_COLOURS(LS_ENUM_NAME) };
 *
 * A third column is for people; a list may have more.
 */
#include <stddef.h>

#define LS_ENUM_ID(id, ...)		    id,
#define LS_ENUM_NAME(id, name, ...)	    [id] = name,
#define LS_ENUM_WORDS(id, name, words, ...) [id] = words,

/* names[@value]; names[0] if it is out of range. */
const char *ls_name_of(const char *const names[], size_t n, unsigned int value);
/* The index of @name, or -EINVAL. */
int ls_name_find(const char *const names[], size_t n, const char *name);
