/*
 * Plays a recording in full, and again with each source blindfolded: blindfold RECORDING. Whoever
 * sees less may be less sure or report nothing; it must not report another cause.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/causes.h"
#include "tests/golden/playback.h"

#define MAX_VERDICTS 512
/* The same incident may begin a little later for who hears of it second-hand. */
#define SAME_US (5 * LS_SEC)

static const enum ls_source sources[] = {
	LS_SOURCE_KERNEL_LOG,
	LS_SOURCE_UDEV,
	LS_SOURCE_LIBUSB,
	LS_SOURCE_USBMON,
};

struct verdict {
	int64_t id;
	char port[LS_PORT_NAME_MAX];
	uint64_t opened_us, closed_us;
	uint64_t facts;
	enum ls_cause cause;
	double confidence;
};

struct verdicts {
	struct verdict list[MAX_VERDICTS];
	size_t n;
};

static struct verdict *
find(struct verdicts *verdicts, int64_t id)
{
	for (size_t i = 0; i < verdicts->n; i++) {
		if (verdicts->list[i].id == id)
			return &verdicts->list[i];
	}
	return NULL;
}

static void
take(struct verdicts *verdicts, const struct ls_incident *incident)
{
	struct verdict *verdict = find(verdicts, incident->id);

	if (!verdict && verdicts->n == MAX_VERDICTS)
		abort();
	if (!verdict)
		verdict = &verdicts->list[verdicts->n++];
	*verdict = (struct verdict){
		.id = incident->id,
		.opened_us = incident->opened.mono_us,
		.facts = incident->facts,
		.cause = incident->cause,
		.confidence = incident->confidence,
		.closed_us = incident->open ? LS_NEVER : incident->closed.mono_us,
	};
	memcpy(verdict->port, incident->socket.name, sizeof(verdict->port));
}

static void
on_record(const struct ls_record *record, void *user)
{
	struct verdicts *verdicts = user;
	struct verdict *absorbed;

	if (record->kind == LS_RECORD_INCIDENT)
		take(verdicts, record->incident);
	if (record->kind != LS_RECORD_ABSORBED)
		return;
	absorbed = find(verdicts, record->absorbed.id);
	if (absorbed)
		*absorbed = verdicts->list[--verdicts->n];
}

static bool
is_known_alone(const struct verdict *full, enum ls_source blind)
{
	return ls_cause_row(full->cause)->only_source == blind;
}

/*
 * Causes that only usbmon shows, where the others see an ordinary disconnect, and maybe a return: the
 * hub did not report it, or disabled the port, when a program removed the device; it had stopped
 * answering before; data flowed when it disconnected for good. The others' verdict must allow that.
 */
static bool
looks_like_any(const struct verdict *full, const struct verdict *now, enum ls_source blind)
{
	bool by_software = full->cause == LS_CAUSE_SOFTWARE && (full->facts & LS_FACT_GONE);
	bool died = full->cause == LS_CAUSE_DEVICE_RESET && (full->facts & LS_FACT_TIMED_OUT);
	bool in_use = full->cause == LS_CAUSE_LINK_LOSS && (full->facts & LS_FACT_FLOWING) &&
		      (full->facts & LS_FACT_AWAY);

	return blind == LS_SOURCE_USBMON && (by_software || died || in_use) &&
	       (now->cause == LS_CAUSE_UNPLUGGED || now->cause == LS_CAUSE_LINK_LOSS) &&
	       now->confidence < 0.9;
}

static bool
agrees(const struct verdict *full, const struct verdict *now, enum ls_source blind)
{
	if (now->cause == LS_CAUSE_UNKNOWN)
		return true;
	if (looks_like_any(full, now, blind))
		return true;
	return now->cause == full->cause && now->confidence <= full->confidence + 0.001;
}

/* Flaps may be one incident or two, depending on the times of the sources. */
static bool
overlap(const struct verdict *a, const struct verdict *b)
{
	return a->opened_us <= b->closed_us && b->opened_us <= a->closed_us;
}

/* The one on the port that began nearest in time; NULL: there is none near. */
static const struct verdict *
counterpart(const struct verdicts *verdicts, const struct verdict *of)
{
	const struct verdict *best = NULL;
	double nearest = 0;

	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict *one = &verdicts->list[i];
		double apart = fabs((double)one->opened_us - (double)of->opened_us);

		if (strcmp(one->port, of->port) != 0 || (best && apart > nearest) ||
		    (apart > SAME_US && !overlap(one, of)))
			continue;
		best = one;
		nearest = apart;
	}
	return best;
}

static void
print(const char *whose, const struct verdict *verdict)
{
	printf("  %s: ", whose);
	if (verdict)
		printf("%s on %s at %.3f s, confidence %.2f, facts %llx\n",
		       ls_cause_name(verdict->cause), verdict->port,
		       (double)verdict->opened_us / LS_SEC, verdict->confidence,
		       (unsigned long long)verdict->facts);
	else
		printf("nothing\n");
}

static int
judge(const struct verdicts *full, const struct verdicts *now, enum ls_source blind)
{
	int n_wrong = 0;

	for (size_t i = 0; i < full->n; i++) {
		const struct verdict *one = &full->list[i], *other = counterpart(now, one);

		if (other ? agrees(one, other, blind) : is_known_alone(one, blind))
			continue;
		printf("without %s another cause is reported\n", ls_source_name(blind));
		print("in full", one);
		print("blindfolded", other);
		n_wrong++;
	}
	for (size_t i = 0; i < now->n; i++) {
		if (counterpart(full, &now->list[i]) || now->list[i].cause == LS_CAUSE_UNKNOWN)
			continue;
		printf("without %s an incident is reported that never was\n",
		       ls_source_name(blind));
		print("blindfolded", &now->list[i]);
		n_wrong++;
	}
	return n_wrong;
}

int
main(int argc, char **argv)
{
	static struct verdicts full, now;
	int n_wrong = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: blindfold RECORDING\n");
		return 2;
	}
	if (playback(argv[1], 0, on_record, &full) < 0)
		return 2;
	for (size_t i = 0; i < LS_COUNT(sources); i++) {
		now.n = 0;
		if (playback(argv[1], 1U << sources[i], on_record, &now) < 0)
			return 2;
		n_wrong += judge(&full, &now, sources[i]);
	}
	return n_wrong ? 1 : 0;
}
