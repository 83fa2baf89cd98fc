/*
 * bench_loop DIR [SECONDS]: the longest time for which the event loop of linkstatd does not look at its
 * sources, while clients ask for most of a history (as gen_history makes it), a storm is written, and the
 * hourly work is done. A timer of the loop looks at the clocks every millisecond. CPU time is that of
 * the loop's thread, which other programs do not disturb; the wall clock has the disk in it, and them.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/alert.h"
#include "daemon/pipeline.h"
#include "daemon/store/open.h"
#include "daemon/store/retention.h"
#include "daemon/store/sync.h"

#define GOAL_MS	    5.0
#define N_CLIENTS   4
#define STORM_PORTS 24

struct bench {
	struct event_base *base;
	struct store *store;
	struct pipeline *pipeline;
	struct retention *retention;
	struct sockaddr_un address;
	double last_wall, last_cpu, longest_wall, longest_cpu, longest_at, ends_at;
	double longest_floor; /* its thread's */
	int64_t n_ticks, n_records;
	int64_t n_replies; /* of all clients; by its lock */
	pthread_mutex_t lock;
	bool stop;
};

static double
clock_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void
on_tick(evutil_socket_t fd, short what, void *user)
{
	struct bench *bench = user;
	double wall = clock_ms(CLOCK_MONOTONIC), cpu = clock_ms(CLOCK_THREAD_CPUTIME_ID);

	(void)fd;
	(void)what;
	if (bench->n_ticks++ > 0) {
		if (wall - bench->last_wall > bench->longest_wall)
			bench->longest_wall = wall - bench->last_wall;
		if (cpu - bench->last_cpu > bench->longest_cpu) {
			bench->longest_cpu = cpu - bench->last_cpu;
			bench->longest_at = wall;
		}
	}
	bench->last_wall = wall;
	bench->last_cpu = cpu;
	if (wall > bench->ends_at)
		event_base_loopbreak(bench->base);
}

/* A reset on every port, ten times a second. */
static void
on_storm(evutil_socket_t fd, short what, void *user)
{
	struct bench *bench = user;

	(void)fd;
	(void)what;
	for (int i = 0; i < STORM_PORTS; i++) {
		struct ls_event event = {
			.at = state_now(),
			.kind = LS_EVENT_RESET,
			.source = LS_SOURCE_KERNEL_LOG,
			.what = "reset high-speed USB device number 5 using xhci_hcd",
		};
		struct ls_record record = { .kind = LS_RECORD_EVENT, .event = &event };

		snprintf(event.socket.id_path, sizeof(event.socket.id_path),
			 "pci-0000:00:14.0-usb-0:%d.%d", i / 4 + 1, i % 4 + 1);
		snprintf(event.socket.name, sizeof(event.socket.name), "1-%d.%d", i / 4 + 1,
			 i % 4 + 1);
		pipeline_record(&record, bench->pipeline);
		bench->n_records++;
	}
}

static void
on_second(evutil_socket_t fd, short what, void *user)
{
	struct bench *bench = user;

	(void)fd;
	(void)what;
	pipeline_alive(bench->pipeline);
	retention_wake(bench->retention);
}

static const char *const calls[N_CLIENTS] = {
	"{\"method\":\"io.linkstat.Report\"}",
	"{\"method\":\"io.linkstat.ListEvents\",\"more\":true}",
	"{\"method\":\"io.linkstat.SumSessions\",\"parameters\":{\"since\":\"2025-12-01T00:00:"
	"00Z\"},"
	"\"more\":true}",
	"{\"method\":\"io.linkstat.ListLabels\"}",
};

struct client {
	struct bench *bench;
	const char *call;
};

/* Asks again and again, reading all that comes. */
static void *
ask(void *user)
{
	struct client *client = user;
	struct bench *bench = client->bench;
	static const struct timeval patience = { .tv_usec = 100000 };
	char bytes[65536];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t n = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&bench->address, sizeof(bench->address)) < 0)
		return NULL;
	(void)!write(fd, client->call, strlen(client->call) + 1);
	while (!__atomic_load_n(&bench->stop, __ATOMIC_RELAXED)) {
		n = read(fd, bytes, sizeof(bytes));
		for (ssize_t i = 0; i < n; i++) {
			if (bytes[i])
				continue;
			pthread_mutex_lock(&bench->lock);
			bench->n_replies++;
			pthread_mutex_unlock(&bench->lock);
			if (!strstr(client->call, "more"))
				(void)!write(fd, client->call, strlen(client->call) + 1);
		}
		if (n == 0)
			break;
	}
	close(fd);
	return NULL;
}

/* What the machine does to a thread that does nothing: the floor of the wall clock. */
static void *
do_nothing(void *user)
{
	static const struct timespec pause = { .tv_nsec = 1000000 };
	struct bench *bench = user;
	double last = clock_ms(CLOCK_MONOTONIC);

	while (!__atomic_load_n(&bench->stop, __ATOMIC_RELAXED)) {
		double now;

		nanosleep(&pause, NULL);
		now = clock_ms(CLOCK_MONOTONIC);
		if (now - last > bench->longest_floor)
			bench->longest_floor = now - last;
		last = now;
	}
	return NULL;
}

static void
every(struct bench *bench, int ms, event_callback_fn fn)
{
	const struct timeval tv = { ms / 1000, ms % 1000 * 1000 };

	event_add(event_new(bench->base, -1, EV_PERSIST, fn, bench), &tv);
}

static void
run(struct bench *bench, double seconds)
{
	struct client clients[N_CLIENTS];
	pthread_t threads[N_CLIENTS], floor;

	every(bench, 1, on_tick);
	every(bench, 100, on_storm);
	every(bench, 1000, on_second);
	for (int i = 0; i < N_CLIENTS; i++) {
		clients[i] = (struct client){ bench, calls[i] };
		pthread_create(&threads[i], NULL, ask, &clients[i]);
	}
	pthread_create(&floor, NULL, do_nothing, bench);
	bench->ends_at = clock_ms(CLOCK_MONOTONIC) + seconds * 1e3;
	event_base_dispatch(bench->base);
	__atomic_store_n(&bench->stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < N_CLIENTS; i++)
		pthread_join(threads[i], NULL);
	pthread_join(floor, NULL);
}

static int
prepare(struct bench *bench, const char *dir, struct daemon_state *state)
{
	static const struct store_limits limits = { .days = 90, .bytes = INT64_C(1) << 40 };
	struct store_options options = { .dir = dir, .boot_id = "bench", .now = state_now() };
	struct pipeline_options with = { .state = state };
	struct event_config *config = event_config_new();

	event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	bench->base = event_base_new_with_config(config);
	event_config_free(config);
	bench->address.sun_family = AF_UNIX;
	snprintf(bench->address.sun_path, sizeof(bench->address.sun_path), "%s/socket", dir);
	if (store_open(&options, &bench->store) < 0 || !store_path(bench->store)[0] ||
	    alert_new(&with.alert) < 0 ||
	    server_new(bench->base, bench->store, state, &with.server) < 0 ||
	    store_sync_new(bench->base, bench->store, &with.sync) < 0)
		return -1;
	with.store = bench->store;
	server_set_sync(with.server, with.sync);
	return pipeline_new(bench->base, &with, &bench->pipeline) < 0 ||
			       retention_new(bench->base, bench->store, &limits,
					     &bench->retention) < 0 ||
			       server_listen(with.server, bench->address.sun_path) < 0
		       ? -1
		       : 0;
}

static void
print(const char *name, double ms)
{
	printf("%-28s goal %4.1f ms   %8.2f ms   %5.2f   %s\n", name, GOAL_MS, ms, ms / GOAL_MS,
	       ms <= GOAL_MS ? "met" : "NOT MET");
}

int
main(int argc, char **argv)
{
	struct bench bench = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct daemon_state state = { 0 };

	if (argc < 2 || prepare(&bench, argv[1], &state) < 0) {
		fprintf(stderr, "Usage: bench_loop DIR [SECONDS], with a history in DIR\n");
		return 2;
	}
	if (!freopen("/dev/null", "w", stderr)) /* alerts */
		return 1;
	run(&bench, argc > 2 ? strtod(argv[2], NULL) : 10);
	print("longest pause, CPU", bench.longest_cpu);
	print("longest pause, wall clock", bench.longest_wall);
	printf("of a thread that does nothing: %.2f ms\n", bench.longest_floor);
	printf("the first one %.0f ms before the end; %lld looks, %lld records, %lld replies\n",
	       bench.ends_at - bench.longest_at, (long long)bench.n_ticks,
	       (long long)bench.n_records, (long long)bench.n_replies);
	return 0; /* ends with the process what else it made */
}
