#pragma once
/* The ports of a status reply as a tree: hubs and what is plugged into them, in natural order. */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

#define TREE_NONE SIZE_MAX

struct tree_node {
	const json_t *port;		  /* borrowed from the reply */
	size_t parent, first_child, next; /* indices, or TREE_NONE */
};

struct tree {
	struct tree_node *nodes; /* siblings come in order: 1-2 before 1-10 */
	size_t n_nodes;
};

/* A parent that is missing, too deep or part of a cycle is ignored. 0 or -ENOMEM. */
int tree_new(const json_t *ports, struct tree **ret);
void tree_free(struct tree *tree); /* NULL is fine */
LS_DEFINE_AUTO(tree)
