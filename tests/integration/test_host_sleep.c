/* logind signals on a private bus (dbus-run-session): a fake login1, and an impostor. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <event2/event.h>
#include <systemd/sd-bus.h>

#include "daemon/sources/host_sleep.h"

#define LOGIND "org.freedesktop.login1"
#define PATH   "/org/freedesktop/login1"
#define TURNS  5000 /* of at least 1 ms: for a bus that is slow, not for one that is silent */

struct night {
	struct event_base *base;
	struct host_sleep *host_sleep;
	sd_bus *logind, *impostor;
	struct ls_observation seen[8];
	size_t n_seen;
};

static time_t slept_s; /* what the boot clock has, and the monotonic one has not */

int
clock_gettime(clockid_t clock, struct timespec *ts)
{
	static int (*real)(clockid_t, struct timespec *);
	int r;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
	r = real(clock, ts);
	if (r == 0 && clock == CLOCK_BOOTTIME)
		ts->tv_sec += slept_s;
	return r;
}

static void
on_observation(const struct ls_observation *obs, void *user)
{
	struct night *night = user;

	assert_true(night->n_seen < LS_COUNT(night->seen));
	night->seen[night->n_seen++] = *obs;
}

/* Everybody's turn on the one thread that they share. */
static void
turn(struct night *night)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	sd_bus *buses[] = { night->logind, night->impostor };

	event_base_loop(night->base, EVLOOP_NONBLOCK);
	for (size_t i = 0; i < LS_COUNT(buses); i++) {
		while (buses[i] && sd_bus_process(buses[i], NULL) > 0)
			;
	}
	nanosleep(&pause, NULL);
}

static void
wait_for(struct night *night, size_t n)
{
	for (int i = 0; i < TURNS && night->n_seen < n; i++)
		turn(night);
	assert_int_equal(night->n_seen, n);
}

static sd_bus *
connect_bus(void)
{
	sd_bus *bus = NULL;

	assert_true(sd_bus_open_system(&bus) >= 0);
	return bus;
}

static void
say(sd_bus *who, bool sleeps)
{
	assert_true(sd_bus_emit_signal(who, PATH, LOGIND ".Manager", "PrepareForSleep", "b",
				       (int)sleeps) >= 0);
	assert_true(sd_bus_flush(who) >= 0);
}

static int
set_up(void **state)
{
	struct night *night = calloc(1, sizeof(*night));

	night->base = event_base_new();
	night->logind = connect_bus();
	assert_true(sd_bus_request_name(night->logind, LOGIND, 0) >= 0);
	assert_int_equal(host_sleep_new(night->base, on_observation, night, &night->host_sleep), 0);
	*state = night;
	return 0;
}

static int
tear_down(void **state)
{
	struct night *night = *state;

	host_sleep_free(night->host_sleep);
	sd_bus_flush_close_unref(night->logind);
	sd_bus_flush_close_unref(night->impostor);
	event_base_free(night->base);
	free(night);
	return 0;
}

/* It subscribes while the loop runs: earlier signals are lost. */
static void
until_it_listens(struct night *night)
{
	for (int i = 0; i < 50; i++)
		turn(night);
	for (int i = 0; i < 20 && night->n_seen == 0; i++) {
		say(night->logind, true);
		for (int k = 0; k < TURNS / 10 && night->n_seen == 0; k++)
			turn(night);
	}
	assert_true(night->n_seen >= 1);
	for (int i = 0; i < 20; i++) /* signals sent meanwhile */
		turn(night);
	night->n_seen = 0;
}

static void
reports_suspend_and_resume(void **state)
{
	struct night *night = *state;

	until_it_listens(night);
	say(night->logind, true);
	wait_for(night, 1);
	assert_int_equal(night->seen[0].kind, LS_OBS_SLEEP);
	assert_int_equal(night->seen[0].source, LS_SOURCE_HOST);
	assert_true(night->seen[0].at.mono_us > 0);
	assert_string_equal(night->seen[0].text, "logind: the computer is about to sleep");
	say(night->logind, false);
	wait_for(night, 2);
	assert_int_equal(night->seen[1].kind, LS_OBS_WAKE);
	assert_string_equal(night->seen[1].text, "logind: the computer woke up");
}

/* Anybody may send a signal straight to us; the true one after it shows that it was passed over. */
static void
accepts_signals_of_logind_only(void **state)
{
	struct night *night = *state;
	char **names = NULL;

	until_it_listens(night);
	night->impostor = connect_bus();
	assert_true(sd_bus_list_names(night->impostor, &names, NULL) >= 0);
	for (char **name = names; *name; name++) {
		sd_bus_message *signal = NULL;

		if ((*name)[0] == ':') {
			assert_true(sd_bus_message_new_signal(night->impostor, &signal, PATH,
							      LOGIND ".Manager",
							      "PrepareForSleep") >= 0);
			assert_true(sd_bus_message_append(signal, "b", 1) >= 0);
			assert_true(sd_bus_send_to(night->impostor, signal, *name, NULL) >= 0);
		}
		sd_bus_message_unref(signal);
		free(*name);
	}
	free(names);
	say(night->impostor, true);
	for (int i = 0; i < 100; i++)
		turn(night);
	assert_int_equal(night->n_seen, 0);
	say(night->logind, false);
	wait_for(night, 1);
	assert_int_equal(night->seen[0].kind, LS_OBS_WAKE);
}

/* Not a boolean: a login1 of another version. */
static void
ignores_unknown_messages(void **state)
{
	struct night *night = *state;

	until_it_listens(night);
	assert_true(sd_bus_emit_signal(night->logind, PATH, LOGIND ".Manager", "PrepareForSleep",
				       "s", "yes") >= 0);
	say(night->logind, false);
	wait_for(night, 1);
	assert_int_equal(night->seen[0].kind, LS_OBS_WAKE);
}

static void
clocks_report_a_suspend_before_logind(void **state)
{
	static const struct ls_observation obs = {
		.at = { .mono_us = 77, .real_us = 78 },
		.source = LS_SOURCE_UDEV,
		.kind = LS_OBS_DISCONNECTED,
	};
	struct night *night = *state;

	host_sleep_before(night->host_sleep, &obs);
	assert_int_equal(night->n_seen, 0);
	slept_s += 90;
	host_sleep_before(night->host_sleep, &obs);
	assert_int_equal(night->n_seen, 1);
	assert_int_equal(night->seen[0].kind, LS_OBS_WAKE);
	assert_int_equal(night->seen[0].at.mono_us, 77);
	assert_string_equal(night->seen[0].text, "the computer was asleep for 90 s");
	host_sleep_before(night->host_sleep, &obs);
	assert_int_equal(night->n_seen, 1);
}

/* The signal of logind comes first: its duration is taken from the clocks. */
static void
one_resume_is_reported_once(void **state)
{
	struct night *night = *state;

	until_it_listens(night);
	slept_s += 300;
	say(night->logind, false);
	wait_for(night, 1);
	assert_string_equal(night->seen[0].text, "the computer was asleep for 5 min");
	say(night->logind, true); /* comes after all that it would have said of the wake-up */
	wait_for(night, 2);
	assert_int_equal(night->seen[1].kind, LS_OBS_SLEEP);
}

static void
works_without_a_bus(void **state)
{
	char *address = strdup(getenv("DBUS_SYSTEM_BUS_ADDRESS"));
	struct event_base *base = event_base_new();
	struct host_sleep *host_sleep = NULL;
	struct night night = { .base = base };
	struct ls_observation obs = { .kind = LS_OBS_RESET };

	(void)state;
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent", 1);
	assert_int_equal(host_sleep_new(base, on_observation, &night, &host_sleep), 0);
	for (int i = 0; i < 10; i++)
		turn(&night);
	host_sleep_before(host_sleep, &obs);
	assert_int_equal(night.n_seen, 0);
	host_sleep_free(host_sleep);
	event_base_free(base);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
	free(address);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reports_suspend_and_resume, set_up, tear_down),
		cmocka_unit_test_setup_teardown(accepts_signals_of_logind_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ignores_unknown_messages, set_up, tear_down),
		cmocka_unit_test_setup_teardown(clocks_report_a_suspend_before_logind, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(one_resume_is_reported_once, set_up, tear_down),
		cmocka_unit_test(works_without_a_bus),
	};

	/* The bus of dbus-run-session stands for that of the system. */
	setenv("DBUS_SYSTEM_BUS_ADDRESS", getenv("DBUS_SESSION_BUS_ADDRESS"), 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
