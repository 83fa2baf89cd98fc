/*
 * full_disk SEED [ROUNDS]: a disk that is full, and has room again, while devices connect: in each round
 * as often as the seed says. Whatever was announced is counted in the end, and what is not there in
 * detail is a gap. Needs root, for a disk of its own: exit code 77 without.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include <event2/event.h>

#include "daemon/alert.h"
#include "daemon/pipeline.h"
#include "daemon/store/backlog.h"
#include "daemon/store/report.h"
#include "daemon/store/sync.h"
#include "lib/wire/port_report.h"
#include "tests/unit/daemon/store_batch.h"

/* Room for all that a hundred rounds write. */
#define DISK	"size=64m"
#define N_PORTS 5

struct life {
	const char *dir;
	struct event_base *base;
	struct daemon_state state;
	struct pipeline_options with;
	struct pipeline *pipeline;
	int64_t n_connects;
};

static uint64_t
next(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *seed >> 33;
}

static void
begin(struct life *life)
{
	life->base = event_base_new();
	life->with.state = &life->state;
	life->with.store = sample_open(life->dir);
	assert_int_equal(alert_new(&life->with.alert), 0);
	assert_int_equal(server_new(life->base, life->with.store, &life->state, &life->with.server),
			 0);
	assert_int_equal(store_sync_new(life->base, life->with.store, &life->with.sync), 0);
	assert_int_equal(pipeline_new(life->base, &life->with, &life->pipeline), 0);
}

static void
end(struct life *life)
{
	pipeline_alive(life->pipeline); /* as main() does */
	store_sync_free(life->with.sync);
	pipeline_free(life->pipeline);
	server_free(life->with.server);
	alert_free(life->with.alert);
	store_close(life->with.store);
	event_base_free(life->base);
}

static void
ballast_path(const struct life *life, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/ballast", life->dir);
}

/* All the room that there is. */
static void
fill(const struct life *life)
{
	static const char block[4096] = { 1 };
	char path[PATH_MAX];
	int fd;

	ballast_path(life, path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) == sizeof(block))
		continue;
	close(fd);
}

static void
make_room(const struct life *life)
{
	char path[PATH_MAX];

	ballast_path(life, path);
	assert_int_equal(unlink(path), 0);
}

/* A turn of the loop each; the disk is waited for by a thread. */
static void
connect_often(struct life *life, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++, life->n_connects++) {
		struct ls_event event = sample_event(1 + (unsigned int)(i % N_PORTS),
						     LS_EVENT_CONNECT, life->n_connects);

		pipeline_record(&RECORD_OF(EVENT, .event = &event), life->pipeline);
		if (i % 10 == 9)
			(void)event_base_loop(life->base, EVLOOP_NONBLOCK);
	}
	(void)event_base_loop(life->base, EVLOOP_NONBLOCK);
}

static int
add_connects(const struct ls_port_report *port, void *user)
{
	*(int64_t *)user += port->counts.connects;
	return 0;
}

static int
add_lost(const struct ls_gap *gap, void *user)
{
	*(int64_t *)user += gap->n_lost;
	return 0;
}

static bool
check(struct life *life)
{
	int64_t connects = 0, lost = 0, details = count_all_events(life->with.store);
	const char *unknown;

	assert_int_equal(store_report(life->with.store, &ALL, sample_instant(0), add_connects,
				      &connects, &unknown),
			 0);
	assert_int_equal(store_gaps(life->with.store, &ALL, add_lost, &lost), 0);
	printf("%lld connects: %lld counted, %lld in detail, %lld in gaps\n",
	       (long long)life->n_connects, (long long)connects, (long long)details,
	       (long long)lost);
	return connects == life->n_connects && details + lost == life->n_connects;
}

/* The trouble is said while it lasts, with what it has cost so far. */
static bool
suffer(struct life *life, uint64_t n)
{
	const char *trouble = life->state.history_trouble;
	bool said;

	fill(life);
	connect_often(life, 10);
	(void)pipeline_flush(life->pipeline);
	connect_often(life, n);
	said = strstr(trouble, "cannot be written") &&
	       (n <= BACKLOG_MAX || strstr(trouble, "only counted"));
	if (!said)
		printf("status says: \"%s\"\n", trouble);
	make_room(life);
	connect_often(life, 3);
	return pipeline_flush(life->pipeline) == 0 && said && !*trouble;
}

static void
live(const char *dir, int rounds)
{
	uint64_t seed = strtoull(getenv("SEED"), NULL, 10);
	struct life life = { .dir = dir };
	bool good = true;

	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("tmpfs", dir, "tmpfs", 0, DISK) < 0)
		_exit(77);
	(void)!freopen("/dev/null", "w", stderr); /* alerts */
	begin(&life);
	for (int i = 0; i < rounds && good; i++) {
		connect_often(&life, next(&seed) % 100);
		good = suffer(&life, 100 + next(&seed) % 6000);
		if (good && next(&seed) % 3 == 0) {
			end(&life);
			begin(&life);
		}
	}
	connect_often(&life, 1);
	assert_int_equal(pipeline_flush(life.pipeline), 0);
	good = check(&life) && good;
	end(&life);
	fflush(stdout);
	_exit(good ? 0 : 1);
}

int
main(int argc, char **argv)
{
	char *dir = sample_dir();
	int status;

	assert_int_equal(setenv("SEED", argc > 1 ? argv[1] : "1", 1), 0);
	status = run_child(live, dir, argc > 2 ? atoi(argv[2]) : 3);
	sample_dir_remove(dir);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
