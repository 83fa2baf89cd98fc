#include "cli/print/tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/field.h"

/* USB has 7 tiers; what claims to be deeper is shown at the top. */
#define DEPTH_MAX 8

static int
compare_names(const void *a, const void *b)
{
	const struct tree_node *one = a, *other = b;

	return strverscmp(field_text(one->port, "name"), field_text(other->port, "name"));
}

static int
index_nodes(const struct tree *tree, json_t *ret)
{
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const char *port = field_text(tree->nodes[i].port, "port");

		if (json_object_set_new(ret, port, json_integer((json_int_t)i)) < 0)
			return -ENOMEM;
	}
	return 0;
}

static void
find_parents(struct tree *tree, const json_t *by_port)
{
	for (size_t i = 0; i < tree->n_nodes; i++) {
		const char *parent = field_text(tree->nodes[i].port, "parent");
		const json_t *found = json_object_get(by_port, parent);

		tree->nodes[i].parent = found ? (size_t)json_integer_value(found) : TREE_NONE;
	}
}

static bool
is_too_deep(const struct tree *tree, size_t i)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		i = tree->nodes[i].parent;
		if (i == TREE_NONE)
			return false;
	}
	return true;
}

/* From the last to the first, so that lists of children are in order. */
static void
link_children(struct tree *tree)
{
	for (size_t i = tree->n_nodes; i-- > 0;) {
		struct tree_node *node = &tree->nodes[i];
		struct tree_node *parent;

		if (node->parent == TREE_NONE)
			continue;
		parent = &tree->nodes[node->parent];
		node->next = parent->first_child;
		parent->first_child = i;
	}
}

static int
build(struct tree *tree)
{
	ls_json_auto json_t *by_port = json_object();
	bool *too_deep = calloc(tree->n_nodes + 1, sizeof(*too_deep));
	int r = by_port && too_deep ? index_nodes(tree, by_port) : -ENOMEM;

	if (r == 0) {
		find_parents(tree, by_port);
		for (size_t i = 0; i < tree->n_nodes; i++)
			too_deep[i] = is_too_deep(tree, i);
		for (size_t i = 0; i < tree->n_nodes; i++)
			if (too_deep[i])
				tree->nodes[i].parent = TREE_NONE;
		link_children(tree);
	}
	free(too_deep);
	return r;
}

int
tree_new(const json_t *ports, struct tree **ret)
{
	static const struct tree_node alone = {
		.parent = TREE_NONE,
		.first_child = TREE_NONE,
		.next = TREE_NONE,
	};
	ls_auto(tree) *tree = calloc(1, sizeof(*tree));
	const json_t *port;
	size_t i;

	if (!tree)
		return -ENOMEM;
	tree->n_nodes = json_array_size(ports);
	tree->nodes = calloc(tree->n_nodes + 1, sizeof(*tree->nodes));
	if (!tree->nodes)
		return -ENOMEM;
	json_array_foreach(ports, i, port)
	{
		tree->nodes[i] = alone;
		tree->nodes[i].port = port;
	}
	qsort(tree->nodes, tree->n_nodes, sizeof(*tree->nodes), compare_names);
	if (build(tree) < 0)
		return -ENOMEM;

	*ret = LS_STEAL(&tree);
	return 0;
}

void
tree_free(struct tree *tree)
{
	if (!tree)
		return;
	free(tree->nodes);
	free(tree);
}
