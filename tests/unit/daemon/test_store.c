#include "tests/unit/daemon/store_sample.h"

static void
keep_session(const struct ls_session *session, void *user)
{
	struct sample_seen *seen = user;

	seen->n++;
	seen->session = *session;
}

static void
keep_incident(const struct ls_incident *incident, void *user)
{
	struct sample_seen *seen = user;

	seen->n++;
	seen->incident = *incident;
}

/* Structs are zeroed before they are filled, so that their padding compares as well. */
static void
events_come_back_as_they_were(void **state)
{
	struct fixture *fixture = *state;
	struct store_filter earliest = ALL;
	const char *unknown;

	earliest.until_us = INT64_MIN + 2;
	for (int kind = 0; kind < LS_N_EVENTS; kind++) {
		struct ls_event event, machine;

		memset(&event, 0, sizeof(event));
		memset(&machine, 0, sizeof(machine));
		event = sample_event(1, (enum ls_event_kind)kind, kind);
		event.source = (enum ls_source)(kind % LS_N_SOURCES);
		PUT_EVENT(fixture->store, &event);
		assert_int_equal(
			store_events(fixture->store, &ALL, see_event, &fixture->seen, &unknown), 0);
		assert_memory_equal(&fixture->seen.event, &event, sizeof(event));

		machine.kind = (enum ls_event_kind)kind;
		machine.at.mono_us = UINT64_MAX;
		machine.at.real_us = INT64_MIN + 1;
		PUT_EVENT(fixture->store, &machine);
		assert_int_equal(store_events(fixture->store, &earliest, see_event, &fixture->seen,
					      &unknown),
				 0);
		assert_memory_equal(&fixture->seen.event, &machine, sizeof(machine));
	}
}

static void
sessions_come_back_as_they_were(void **state)
{
	struct fixture *fixture = *state;
	struct ls_session session;

	memset(&session, 0, sizeof(session));
	session = sample_session(7, 3, 0);
	PUT_SESSION(fixture->store, &session);
	/* The second record of an id replaces the first; the device is in another mode. */
	session.connected_us = 90 * LS_SEC;
	session.ended = sample_instant(90);
	session.present_since = sample_instant(95);
	session.device.pid = 0x1227;
	memset(session.device.serial, 0, sizeof(session.device.serial));
	PUT_SESSION(fixture->store, &session);
	reopen(fixture, "boot-1", 100);
	assert_int_equal(
		store_visit_open(fixture->store, keep_session, keep_incident, &fixture->seen), 0);
	assert_int_equal(fixture->seen.n, 1);
	assert_memory_equal(&fixture->seen.session, &session, sizeof(session));
}

static void
incidents_come_back_as_they_were(void **state)
{
	struct fixture *fixture = *state;
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct sample_seen *seen = &fixture->seen;

	*incident = sample_incident(5, 2, 10);
	incident->open = true;
	PUT_INCIDENT(fixture->store, incident);
	assert_int_equal(store_incident(fixture->store, 5, see_incident, seen), 1);
	assert_memory_equal(&seen->incident, incident, sizeof(*incident));
	assert_string_equal(seen->label, "(none)");

	/* The ring turns: one place changes, and the verdict. */
	incident->n_evidence++;
	incident->cause = LS_CAUSE_EMI;
	memset(incident->evidence[25].what, 0, sizeof(incident->evidence[25].what));
	PUT_INCIDENT(fixture->store, incident);
	reopen(fixture, "boot-1", 100);
	seen->n = 0;
	assert_int_equal(store_visit_open(fixture->store, keep_session, keep_incident, seen), 0);
	assert_int_equal(seen->n, 1);
	assert_memory_equal(&seen->incident, incident, sizeof(*incident));

	/* Less evidence than before, and no device. */
	memset(&incident->device, 0, sizeof(incident->device));
	memset(&incident->evidence[2], 0,
	       sizeof(incident->evidence) - 2 * sizeof(incident->evidence[0]));
	incident->has_device = false;
	incident->session = 0;
	incident->n_evidence = 2;
	PUT_INCIDENT(fixture->store, incident);
	assert_int_equal(store_incident(fixture->store, 5, see_incident, seen), 1);
	assert_memory_equal(&seen->incident, incident, sizeof(*incident));
	assert_int_equal(store_incident(fixture->store, 6, see_incident, seen), 0);
	free(incident);
}

static void
all_names_come_back(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < LS_N_CAUSES; i++) {
		struct ls_incident *incident = calloc(1, sizeof(*incident));

		incident->id = i + 1;
		incident->cause = (enum ls_cause)i;
		incident->side = (enum ls_side)(i % LS_N_SIDES);
		PUT_INCIDENT(fixture->store, incident);
		assert_int_equal(
			store_incident(fixture->store, i + 1, see_incident, &fixture->seen), 1);
		assert_memory_equal(&fixture->seen.incident, incident, sizeof(*incident));
		free(incident);
	}
}

static void
gaps_come_back_as_they_were(void **state)
{
	struct fixture *fixture = *state;
	struct ls_gap gap;

	memset(&gap, 0, sizeof(gap));
	gap = sample_gap(3, LS_SOURCE_USBMON, 10, 0);
	gap.open = true;
	gap.n_lost = UINT32_MAX;
	PUT_GAP(fixture->store, &gap);
	assert_int_equal(store_gaps(fixture->store, &ALL, see_gap, &fixture->seen), 0);
	assert_memory_equal(&fixture->seen.gap, &gap, sizeof(gap));
	gap.ended = sample_instant(11);
	gap.open = false;
	PUT_GAP(fixture->store, &gap);
	assert_int_equal(store_gaps(fixture->store, &ALL, see_gap, &fixture->seen), 0);
	assert_memory_equal(&fixture->seen.gap, &gap, sizeof(gap));
	assert_int_equal(fixture->seen.n, 2);
}

static void
absorbed_incidents_leave_their_events(void **state)
{
	struct fixture *fixture = *state;
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 1);
	const char *unknown;

	for (int64_t id = 1; id <= 2; id++) {
		*incident = sample_incident(id, 1, id);
		PUT_INCIDENT(fixture->store, incident);
	}
	event.incident = 2;
	PUT_EVENT(fixture->store, &event);
	sample_put(fixture->store, RECORD_OF(ABSORBED, .absorbed = { .id = 2, .into = 1 }));
	assert_int_equal(store_incident(fixture->store, 2, see_incident, &fixture->seen), 0);
	assert_int_equal(store_incident(fixture->store, 1, see_incident, &fixture->seen), 1);
	assert_int_equal(store_events(fixture->store, &ALL, see_event, &fixture->seen, &unknown),
			 0);
	assert_int_equal(fixture->seen.event.incident, 1);

	/* Its evidence is deleted: an incident with the same id does not inherit it. */
	*incident = sample_incident(2, 1, 2);
	incident->n_evidence = 0;
	memset(incident->evidence, 0, sizeof(incident->evidence));
	PUT_INCIDENT(fixture->store, incident);
	assert_int_equal(store_incident(fixture->store, 2, see_incident, &fixture->seen), 1);
	assert_memory_equal(&fixture->seen.incident, incident, sizeof(*incident));
	free(incident);
}

static void
restores_the_last_position(void **state)
{
	struct fixture *fixture = *state;
	struct ls_engine_config config = { 0 };
	struct ls_instant alive;
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_session session = sample_session(8, 1, 0);
	struct ls_gap gap = sample_gap(9, LS_SOURCE_UDEV, 0, 1);
	uint64_t seq = 0;
	bool same_boot;

	assert_int_equal(store_last_alive(fixture->store, &alive, &same_boot), 0);
	assert_int_equal(store_kmsg_seq(fixture->store, &seq), 0);
	assert_int_equal(store_next_ids(fixture->store, &config), 0);
	assert_int_equal(config.next_incident_id + config.next_session_id + config.next_gap_id, 3);

	*incident = sample_incident(41, 1, 0);
	PUT_INCIDENT(fixture->store, incident);
	PUT_SESSION(fixture->store, &session);
	PUT_GAP(fixture->store, &gap);
	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(store_set_kmsg_seq(fixture->store, UINT64_MAX - 1), 0);
	assert_int_equal(store_set_alive(fixture->store, sample_instant(50)), 0);
	assert_int_equal(store_commit(fixture->store), 0);

	reopen(fixture, "boot-1", 60);
	assert_int_equal(store_kmsg_seq(fixture->store, &seq), 1);
	assert_true(seq == UINT64_MAX - 1);
	assert_int_equal(store_last_alive(fixture->store, &alive, &same_boot), 1);
	assert_true(same_boot && alive.real_us == sample_instant(50).real_us);
	assert_true(alive.mono_us == sample_instant(50).mono_us);

	reopen(fixture, "boot-2", 1000);
	assert_int_equal(store_kmsg_seq(fixture->store, &seq), 0);
	assert_int_equal(store_last_alive(fixture->store, &alive, &same_boot), 1);
	assert_true(!same_boot && alive.real_us == sample_instant(50).real_us);
	assert_int_equal(store_next_ids(fixture->store, &config), 0);
	assert_int_equal(config.next_incident_id, 42);
	assert_int_equal(config.next_session_id, 9);
	assert_int_equal(config.next_gap_id, 10);
	free(incident);
}

static void
closes_what_another_boot_left_open(void **state)
{
	struct fixture *fixture = *state;
	struct ls_session session = sample_session(1, 1, 10);
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	struct ls_gap gap = sample_gap(1, LS_SOURCE_UDEV, 20, 0);

	*incident = sample_incident(1, 1, 30);
	incident->open = gap.open = true;
	PUT_SESSION(fixture->store, &session);
	PUT_INCIDENT(fixture->store, incident);
	PUT_GAP(fixture->store, &gap);
	assert_int_equal(store_begin(fixture->store), 0);
	assert_int_equal(store_set_alive(fixture->store, sample_instant(40)), 0);
	assert_int_equal(store_commit(fixture->store), 0);

	reopen(fixture, "boot-2", 5000);
	assert_int_equal(
		store_visit_open(fixture->store, keep_session, keep_incident, &fixture->seen), 0);
	assert_int_equal(fixture->seen.n, 0);
	assert_int_equal(store_incident(fixture->store, 1, see_incident, &fixture->seen), 1);
	assert_false(fixture->seen.incident.open);
	assert_true(fixture->seen.incident.closed.real_us == sample_instant(40).real_us);
	assert_int_equal(store_gaps(fixture->store, &ALL, see_gap, &fixture->seen), 0);
	assert_false(fixture->seen.gap.open);
	assert_true(fixture->seen.gap.ended.real_us == sample_instant(40).real_us);
	sql(fixture, "CREATE TEMP TABLE t (ok INTEGER CHECK (ok = 1));"
		     "INSERT INTO t SELECT open = 0 AND present = 0 AND connected_us = 30000000"
		     " AND ended_real = 1795356231000000 FROM sessions;"
		     "INSERT INTO t SELECT connected_us = 30000000 FROM stays;");
	free(incident);
}

/* A gap of this boot ends when linkstatd restarts: a source that is still unavailable opens a new one. */
static void
closes_gaps_of_an_earlier_run(void **state)
{
	struct fixture *fixture = *state;
	struct ls_gap gap = sample_gap(1, LS_SOURCE_UDEV, 20, 0);

	gap.open = true;
	PUT_GAP(fixture->store, &gap);
	reopen(fixture, "boot-1", 70);
	assert_int_equal(store_gaps(fixture->store, &ALL, see_gap, &fixture->seen), 0);
	assert_false(fixture->seen.gap.open);
	assert_true(fixture->seen.gap.ended.real_us == sample_instant(70).real_us);
}

static int
stop_at_three(int64_t id, const struct ls_event *event, void *user)
{
	(void)event;
	(void)user;
	return id == 3 ? 77 : 0;
}

static void
a_callback_can_stop_a_listing(void **state)
{
	struct fixture *fixture = *state;
	struct ls_event event = sample_event(1, LS_EVENT_RESET, 0);
	const char *unknown;

	for (int i = 0; i < 5; i++)
		PUT_EVENT(fixture->store, &event);
	assert_int_equal(store_events(fixture->store, &ALL, stop_at_three, NULL, &unknown), 77);
	PUT_EVENT(fixture->store, &event); /* the reader left nothing locked */
	assert_int_equal(count_all_events(fixture->store), 6);
}

static void
counts_drops_and_labels(void **state)
{
	struct fixture *fixture = *state;
	struct ls_incident *incident = calloc(1, sizeof(*incident));
	char label[LS_STRING_MAX];
	struct store_filter span = ALL;
	int64_t n = -1;

	assert_int_equal(store_last_drop(fixture->store, INT64_MAX, see_incident, &fixture->seen),
			 0);
	for (int64_t id = 1; id <= 6; id++) {
		*incident = sample_incident(id, id < 5 ? 1 : 2, id * 10);
		incident->drop = id != 3 && id != 6;
		PUT_INCIDENT(fixture->store, incident);
	}
	sql(fixture, "UPDATE ports SET label = 'left front' WHERE name = '1-1'");
	span.since_us = sample_instant(20).real_us;
	assert_int_equal(store_socket(fixture->store, sample_socket(1).id_path, &span, &n, label),
			 0);
	assert_int_equal(n, 2);
	assert_string_equal(label, "left front");
	assert_int_equal(store_socket(fixture->store, "nowhere", &ALL, &n, label), 0);
	assert_int_equal(n, 0);
	assert_string_equal(label, "");
	assert_int_equal(store_last_drop(fixture->store, INT64_MAX, see_incident, &fixture->seen),
			 1);
	assert_int_equal(fixture->seen.incident.id, 5);
	assert_string_equal(fixture->seen.label, "(none)");

	/* Of a clock that was ahead. */
	*incident = sample_incident(7, 1, 50 * 365 * 24 * 3600);
	PUT_INCIDENT(fixture->store, incident);
	span.until_us = sample_instant(100).real_us;
	assert_int_equal(store_socket(fixture->store, sample_socket(1).id_path, &span, &n, label),
			 0);
	assert_int_equal(n, 2);
	assert_int_equal(
		store_last_drop(fixture->store, span.until_us, see_incident, &fixture->seen), 1);
	assert_int_equal(fixture->seen.incident.id, 5);
	free(incident);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(events_come_back_as_they_were),
		STORE_TEST(sessions_come_back_as_they_were),
		STORE_TEST(incidents_come_back_as_they_were),
		STORE_TEST(all_names_come_back),
		STORE_TEST(gaps_come_back_as_they_were),
		STORE_TEST(absorbed_incidents_leave_their_events),
		STORE_TEST(restores_the_last_position),
		STORE_TEST(closes_what_another_boot_left_open),
		STORE_TEST(closes_gaps_of_an_earlier_run),
		STORE_TEST(a_callback_can_stop_a_listing),
		STORE_TEST(counts_drops_and_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
