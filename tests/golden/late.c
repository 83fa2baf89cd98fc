/*
 * Plays a recording as it is, and again many times with sources that are late: late MILLISECONDS
 * RECORDING. The order in which sources report one event must not change the answers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/playback.h"

#define MAX_ANSWERS 512
#define N_TRIALS    20

struct answer {
	int64_t id;
	char port[LS_PORT_NAME_MAX];
	enum ls_cause cause;
	enum ls_side side;
	bool drop;
	uint32_t n_disconnects;
};

struct answers {
	struct answer list[MAX_ANSWERS];
	size_t n;
};

static struct answer *
find(struct answers *answers, int64_t id)
{
	for (size_t i = 0; i < answers->n; i++) {
		if (answers->list[i].id == id)
			return &answers->list[i];
	}
	return NULL;
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct answers *answers = user;
	const struct ls_incident *incident = record->incident;
	struct answer *answer;

	if (record->kind == LS_RECORD_ABSORBED) {
		answer = find(answers, record->absorbed.id);
		if (answer)
			*answer = answers->list[--answers->n];
	}
	if (record->kind != LS_RECORD_INCIDENT)
		return;
	answer = find(answers, incident->id);
	if (!answer && answers->n == MAX_ANSWERS)
		abort();
	if (!answer)
		answer = &answers->list[answers->n++];
	*answer = (struct answer){
		.id = incident->id,
		.cause = incident->cause,
		.side = incident->side,
		.drop = incident->drop,
		.n_disconnects = incident->n_disconnects,
	};
	memcpy(answer->port, incident->socket.name, sizeof(answer->port));
}

static int
by_port(const void *one, const void *other)
{
	const struct answer *a = one, *b = other;
	int r = strcmp(a->port, b->port);

	return r ? r : a->id < b->id ? -1 : a->id > b->id;
}

static void
print(const char *whose, const struct answers *answers)
{
	printf("  %s:", whose);
	for (size_t i = 0; i < answers->n; i++)
		printf(" %s %s %s %ux%s;", answers->list[i].port,
		       ls_cause_name(answers->list[i].cause), ls_side_name(answers->list[i].side),
		       answers->list[i].n_disconnects, answers->list[i].drop ? " drop" : "");
	printf("\n");
}

static bool
same(const struct answers *one, const struct answers *other)
{
	bool same = one->n == other->n;

	for (size_t i = 0; same && i < one->n; i++)
		same = strcmp(one->list[i].port, other->list[i].port) == 0 &&
		       one->list[i].cause == other->list[i].cause &&
		       one->list[i].side == other->list[i].side &&
		       one->list[i].drop == other->list[i].drop &&
		       one->list[i].n_disconnects == other->list[i].n_disconnects;
	return same;
}

int
main(int argc, char **argv)
{
	static struct answers in_order, late;
	int n_wrong = 0;

	if (argc != 3) {
		fprintf(stderr, "usage: late MILLISECONDS RECORDING\n");
		return 2;
	}
	if (playback(argv[2], 0, on_record, &in_order) < 0)
		return 2;
	qsort(in_order.list, in_order.n, sizeof(in_order.list[0]), by_port);
	for (uint64_t trial = 1; trial <= N_TRIALS; trial++) {
		late.n = 0;
		if (playback_late(argv[2], strtoul(argv[1], NULL, 10) * LS_MS, trial, on_record,
				  &late) < 0)
			return 2;
		qsort(late.list, late.n, sizeof(late.list[0]), by_port);
		if (same(&in_order, &late))
			continue;
		printf("late by up to %s ms, trial %u: other answers\n", argv[1],
		       (unsigned int)trial);
		print("in order", &in_order);
		print("late    ", &late);
		n_wrong++;
	}
	return n_wrong ? 1 : 0;
}
