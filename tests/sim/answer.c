#include "answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLIPPED 0.001
#define SURE	0.9

static void
put(struct set *set, size_t session)
{
	set->bits[session / 64] |= UINT64_C(1) << session % 64;
}

static bool
has(const struct set *set, size_t session)
{
	return set->bits[session / 64] >> session % 64 & 1;
}

static bool
recorded(const struct room *room, const struct session *session, int part)
{
	if (part != NO_PART && room->kind[part] == LS_COMPONENT_CABLE && session->label != NO_PART)
		return session->label == part;
	return session_has(session, part);
}

struct set
set_of_part(const struct room *room, int part)
{
	struct set set = { 0 };

	for (size_t i = 0; i < room->n_sessions; i++) {
		if (recorded(room, &room->sessions[i], part))
			put(&set, i);
	}
	return set;
}

struct set
set_of_pair(const struct room *room, int a, int b)
{
	struct set first = set_of_part(room, a), second = set_of_part(room, b);

	for (size_t i = 0; i < LS_COUNT(first.bits); i++)
		first.bits[i] &= second.bits[i];
	return first;
}

struct set
set_of_all(const struct room *room)
{
	struct set set = { 0 };

	for (size_t i = 0; i < room->n_sessions; i++)
		put(&set, i);
	return set;
}

bool
set_is(const struct set *a, const struct set *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool
set_is_empty(const struct set *set)
{
	static const struct set empty;

	return set_is(set, &empty);
}

uint32_t
set_drops(const struct room *room, const struct set *set)
{
	uint32_t drops = 0;

	for (size_t i = 0; i < room->n_sessions; i++)
		drops += has(set, i) ? room->sessions[i].drops : 0;
	return drops;
}

void
answer_put(struct answer *answer, const struct set *set, double probability)
{
	for (size_t i = 0; i < answer->n; i++) {
		if (!answer->classes[i].any_cable && set_is(&answer->classes[i].set, set)) {
			answer->classes[i].probability += probability;
			return;
		}
	}
	if (answer->n < CLASSES_MAX)
		answer->classes[answer->n++] =
			(struct class){ .set = *set, .probability = probability };
}

static int
compare(const void *a, const void *b)
{
	const struct class *x = a, *y = b;

	return (x->probability < y->probability) - (x->probability > y->probability);
}

void
answer_decide(const struct room *room, struct answer *answer)
{
	bool outside = false;

	qsort(answer->classes, answer->n, sizeof(answer->classes[0]), compare);
	for (size_t part = 0; part < room->n_parts && answer->n; part++) {
		struct set set = set_of_part(room, (int)part);

		outside |= !set_is_empty(&set) && !set_is(&set, &answer->classes[0].set);
	}
	answer->accuses = answer->n && outside && answer->classes[0].probability >= LS_BLAME_SURE &&
			  set_drops(room, &answer->classes[0].set) >= LS_BLAME_DROPS_MIN;
}

static struct set
set_of_suspect(const struct room *room, const struct ls_suspect *suspect)
{
	int part = part_of_name(room, suspect->name), with = part_of_name(room, suspect->with);

	if (part == NO_PART && with == NO_PART)
		return suspect->kind == LS_COMPONENT_CABLE ? (struct set){ 0 } : set_of_all(room);
	if (part == NO_PART)
		return set_of_part(room, with);
	return with == NO_PART ? set_of_part(room, part) : set_of_pair(room, part, with);
}

void
answer_of_blame(const struct room *room, const struct ls_blame *blame, struct answer *ret)
{
	memset(ret, 0, offsetof(struct answer, classes));
	ret->nothing = blame->nothing;
	for (size_t i = 0; i < blame->n_suspects; i++) {
		const struct ls_suspect *suspect = &blame->suspects[i];
		struct class *class = &ret->classes[suspect->group - 1];
		struct set set;

		if (suspect->group > ret->n)
			ret->classes[ret->n++] = (struct class){ .probability = 0 };
		set = set_of_suspect(room, suspect);
		if (!set_is_empty(&set))
			class->set = set;
		class->any_cable |= suspect->kind == LS_COMPONENT_CABLE && !suspect->name[0];
		class->probability += suspect->probability;
	}
	ret->accuses = ls_blame_accuses(blame);
}

struct truths {
	size_t n;
	struct set sets[2];
	bool cable[2];
};

/* What is bad and took part in anything. */
static void
find_truths(const struct room *room, struct truths *ret)
{
	*ret = (struct truths){ 0 };
	if (room->truth == TRUTH_SURROUNDINGS)
		ret->sets[ret->n++] = set_of_all(room);
	if (room->truth == TRUTH_PAIR)
		ret->sets[ret->n++] = set_of_pair(room, room->bad[0], room->bad[1]);
	for (size_t i = 0; i < 2 && (room->truth == TRUTH_ONE || room->truth == TRUTH_TWO); i++) {
		if (room->bad[i] == NO_PART)
			continue;
		ret->cable[ret->n] = room->kind[room->bad[i]] == LS_COMPONENT_CABLE;
		ret->sets[ret->n++] = set_of_part(room, room->bad[i]);
	}
	for (size_t i = ret->n; i-- > 0;) {
		if (!set_is_empty(&ret->sets[i]))
			continue;
		ret->n--;
		ret->sets[i] = ret->sets[ret->n];
		ret->cable[i] = ret->cable[ret->n];
	}
}

/* The cable that a device or port had: the bad one, if that was there whenever it dropped. */
static bool
covers(const struct room *room, const struct set *cable, const struct set *of)
{
	for (size_t i = 0; i < room->n_sessions; i++) {
		if (has(of, i) && room->sessions[i].drops && !has(cable, i))
			return false;
	}
	return true;
}

static bool
is_true(const struct room *room, const struct class *class, const struct set *set, bool cable)
{
	if (class->any_cable && cable && covers(room, set, &class->set))
		return true;
	return !set_is_empty(&class->set) && set_is(&class->set, set);
}

static double
loss(double probability, bool came_true)
{
	double p = fmin(fmax(probability, CLIPPED), 1 - CLIPPED);

	return -log(came_true ? p : 1 - p);
}

static void
add_log_loss(struct figures *figures, const struct room *room, const struct truths *truths,
	     const struct answer *answer)
{
	double sum = loss(answer->nothing, truths->n == 0);
	bool listed[2] = { false, false };

	for (size_t i = 0; i < answer->n; i++) {
		bool came_true = false;

		for (size_t t = 0; t < truths->n; t++) {
			bool is = is_true(room, &answer->classes[i], &truths->sets[t],
					  truths->cable[t]);

			came_true |= is;
			listed[t] |= is;
		}
		if (came_true || answer->classes[i].probability > CLIPPED)
			sum += loss(answer->classes[i].probability, came_true);
	}
	for (size_t t = 0; t < truths->n; t++)
		sum += listed[t] ? 0 : loss(0, true);
	figures->log_loss += sum;
}

/* Whether each of the truths is one of the classes that are sure. */
static bool
names_all(const struct room *room, const struct truths *truths, const struct answer *answer)
{
	for (size_t t = 0; t < truths->n; t++) {
		bool named = false;

		for (size_t i = 0; i < answer->n; i++)
			named |= answer->classes[i].probability >= LS_BLAME_SURE &&
				 is_true(room, &answer->classes[i], &truths->sets[t],
					 truths->cable[t]);
		if (!named)
			return false;
	}
	return answer->accuses;
}

/* Two: both took part. A pair: used apart, and dropped twice. */
static bool
shows(const struct room *room, const struct truths *truths)
{
	struct set first, second;

	if (truths->n < (room->truth == TRUTH_TWO ? 2U : 1U))
		return false;
	if (room->truth != TRUTH_PAIR)
		return true;
	first = set_of_part(room, room->bad[0]);
	second = set_of_part(room, room->bad[1]);
	return !set_is(&first, &truths->sets[0]) && !set_is(&second, &truths->sets[0]) &&
	       set_drops(room, &truths->sets[0]) >= 2;
}

void
figures_add(struct figures *figures, const struct room *room, const struct answer *answer)
{
	struct truths truths;
	bool right = false;

	find_truths(room, &truths);
	for (size_t t = 0; t < truths.n && answer->accuses; t++)
		right |= is_true(room, &answer->classes[0], &truths.sets[t], truths.cable[t]);
	figures->n++;
	figures->n_right += right;
	if (answer->accuses) {
		figures->n_accused++;
		figures->n_accused_right += right;
		figures->stated += answer->classes[0].probability;
		figures->n_sure_wrong += !right && answer->classes[0].probability > SURE;
	}
	if (shows(room, &truths)) {
		figures->n_of[room->truth]++;
		figures->n_right_of[room->truth] +=
			room->truth == TRUTH_TWO ? names_all(room, &truths, answer) : right;
	}
	add_log_loss(figures, room, &truths, answer);
}
