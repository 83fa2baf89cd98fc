/* linkstatd: puts sources, engine and sinks together on one event loop. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>
#include <systemd/sd-daemon.h>

#include "daemon/base/families.h"
#include "daemon/base/host.h"
#include "daemon/options.h"
#include "daemon/pipeline.h"
#include "daemon/store/boot.h"
#include "daemon/store/check.h"
#include "daemon/store/open.h"
#include "daemon/store/retention.h"
#include "daemon/store/sync.h"
#include "daemon/sources/sources.h"
#include "daemon/sources/top.h"
#include "lib/base/text.h"

struct linkstatd {
	struct event_base *base;
	struct daemon_state state;
	struct store *store;
	struct store_sync *sync;
	struct server *server;
	struct alert *alert;
	struct pipeline *pipeline;
	struct retention *retention;
	struct store_check *check;
	struct sources *sources;
	struct ls_families *families;
	struct event *sigterm, *sigint, *watchdog;
	FILE *record;
	bool again; /* ends so that systemd starts it again */
};

static int
fail(const char *what, int r)
{
	fprintf(stderr, SD_ERR "linkstatd: %s: %s\n", what, strerror(-r));
	return r;
}

static void
on_signal(evutil_socket_t fd, short what, void *user)
{
	struct linkstatd *self = user;

	(void)fd;
	(void)what;
	event_base_loopbreak(self->base);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *user)
{
	struct linkstatd *self = user;

	(void)fd;
	(void)what;
	pipeline_alive(self->pipeline);
	retention_wake(self->retention);
	store_sync_checkpoint(self->sync);
	sd_notify(0, "WATCHDOG=1");
	if (!store_can_open(self->store))
		return;
	/* What was counted since is in memory only; but numbers of records begin with those of the file. */
	fprintf(stderr, SD_NOTICE "linkstatd: the history can be written now: starting again\n");
	self->again = true;
	event_base_loopbreak(self->base);
}

/* The last directory of @path; what is above it is the administrator's. */
static void
make_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	char dir[512];

	if (!slash || slash == path || (size_t)(slash - path) >= sizeof(dir))
		return;
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	(void)mkdir(dir, 0755); /* without it the socket cannot be made, which is reported */
}

static int
open_store(struct linkstatd *self, const struct options *options)
{
	char boot_id[64];
	struct store_options store = {
		.dir = options->state_dir,
		.boot_id = boot_id,
		.now = self->state.watching_since,
		.version = LINKSTAT_VERSION,
	};
	int r = host_read_boot_id(boot_id, sizeof(boot_id));

	if (r < 0)
		return fail("cannot read the boot id from /proc", r);
	(void)mkdir(options->state_dir, 0750); /* the store reports what is wrong with it */
	/* A history of years that an earlier version wrote gets new indexes: minutes on a slow disk. */
	(void)sd_notify(0, "EXTEND_TIMEOUT_USEC=600000000");
	r = store_open(&store, &self->store);
	if (r == -EBUSY) {
		fprintf(stderr, SD_ERR "linkstatd: another linkstatd keeps its history in %s\n",
			options->state_dir);
		return r;
	}
	return r < 0 ? fail("cannot keep any history", r) : 0;
}

static void
report_history(struct linkstatd *self)
{
	if (store_problem(self->store)[0])
		fprintf(stderr, SD_WARNING "linkstatd: %s\n", store_problem(self->store));
	ls_text_copy(self->state.history_trouble, sizeof(self->state.history_trouble),
		     store_problem(self->store));
	ls_text_copy(self->state.history_path, sizeof(self->state.history_path),
		     store_path(self->store));
}

static int
listen_on(struct linkstatd *self, const struct options *options)
{
	const char *path = options->socket ? options->socket : OPTIONS_DEFAULT_SOCKET;
	int n = options->socket ? 0 : sd_listen_fds(1);
	int r = 0;

	for (int i = 0; i < n && r >= 0; i++)
		r = server_listen_fd(self->server, SD_LISTEN_FDS_START + i);
	if (n > 0)
		return r < 0 ? fail("cannot serve the socket that systemd gave", r) : 0;
	make_parent(path);
	r = server_listen(self->server, path);
	if (r == -EADDRINUSE)
		fprintf(stderr, SD_ERR "linkstatd: another linkstatd answers at %s already\n",
			path);
	else if (r < 0)
		fprintf(stderr, SD_ERR "linkstatd: cannot answer at %s: %s\n", path, strerror(-r));
	return r;
}

static int
open_record(struct linkstatd *self, const struct options *options)
{
	int fd;

	if (!options->record)
		return 0;
	fd = open(options->record, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	self->record = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (self->record)
		return 0;
	fprintf(stderr, SD_ERR "linkstatd: cannot record to %s: %s\n", options->record,
		strerror(errno));
	return -errno;
}

static void
observe(const struct ls_observation *obs, void *user)
{
	struct linkstatd *self = user;

	sources_observe(obs, self->sources);
}

static void
scan(server_observation_fn fn, void *fn_user, void *user)
{
	struct linkstatd *self = user;

	sources_show(self->sources, fn, fn_user);
}

static int
on_flush(void *user)
{
	struct linkstatd *self = user;

	sources_flush(self->sources);
	return pipeline_flush(self->pipeline);
}

static int
make_pipeline(struct linkstatd *self)
{
	struct pipeline_options pipeline = { .state = &self->state };
	int r;

	if (alert_new(&self->alert) < 0 || top_new(&self->state.top) < 0 ||
	    server_new(self->base, self->store, &self->state, &self->server) < 0)
		return fail("cannot start", -ENOMEM);
	r = store_sync_new(self->base, self->store, &self->sync);
	if (r < 0)
		return fail("cannot start a thread", r);
	server_set_sync(self->server, self->sync);
	pipeline.store = self->store;
	pipeline.sync = self->sync;
	pipeline.server = self->server;
	pipeline.alert = self->alert;
	pipeline.record = self->record;
	pipeline.families = self->families;
	r = pipeline_new(self->base, &pipeline, &self->pipeline);
	if (r < 0)
		return fail("cannot continue the history", r);
	report_history(self);
	return 0;
}

static int
gather_sources(struct linkstatd *self, const struct options *options)
{
	struct sources_options sources = {
		.base = self->base,
		.observe = pipeline_observe,
		.on_record = pipeline_record,
		.on_kmsg_seq = pipeline_kmsg_taken,
		.user = self->pipeline,
		.root = self->state.root,
		.engine = self->state.engine,
		.top = self->state.top,
		.usbmon_ring_bytes = (size_t)options->usbmon_ring_kib * 1024,
	};
	int r;

	if (store_last_alive(self->store, &sources.last_alive, &sources.same_boot) <= 0)
		sources.last_alive = (struct ls_instant){ 0 };
	sources.has_kmsg_seq = store_kmsg_seq(self->store, &sources.kmsg_seq) > 0;
	r = sources_new(&sources, &self->sources);
	if (r < 0)
		return fail("cannot watch the computer itself", r);
	server_set_hooks(self->server, &(const struct server_hooks){
					       .scan = scan,
					       .observe = observe,
					       .flush = on_flush,
					       .user = self,
				       });
	return 0;
}

/*
 * By default libevent reads a clock that may be a tick behind: a rest of some milliseconds then ends
 * too early, and one to three more wake-ups pass before its timer is due.
 */
static struct event_base *
make_event_loop(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	return base;
}

static int
start(struct linkstatd *self, const struct options *options)
{
	const struct store_limits limits = {
		.days = options->keep_days,
		.bytes = (int64_t)options->keep_mib * 1024 * 1024,
	};
	int r;

	self->state.watching_since = state_now();
	self->base = make_event_loop();
	if (!self->base)
		return fail("cannot make an event loop", -ENOMEM);
	r = open_record(self, options);
	if (r >= 0)
		r = families_load(options->families_dir, &self->families);
	if (r >= 0)
		r = open_store(self, options);
	if (r < 0)
		return r;
	r = make_pipeline(self);
	if (r >= 0)
		r = gather_sources(self, options);
	if (r < 0)
		return r;
	r = retention_new(self->base, self->store, &limits, &self->retention);
	if (r < 0)
		return fail("cannot keep the history small", r);
	retention_wake(self->retention);
	r = store_check_new(self->base, self->store, &self->check);
	if (r < 0)
		return fail("cannot check the history", r);
	r = listen_on(self, options);
	if (r < 0)
		return r;
	sources_open(self->sources);
	return pipeline_flush(self->pipeline);
}

static int
follow_signals(struct linkstatd *self)
{
	uint64_t watchdog_us = 0;
	struct timeval half = { 0 };

	signal(SIGPIPE, SIG_IGN);
	self->sigterm = evsignal_new(self->base, SIGTERM, on_signal, self);
	self->sigint = evsignal_new(self->base, SIGINT, on_signal, self);
	if (!self->sigterm || !self->sigint || event_add(self->sigterm, NULL) < 0 ||
	    event_add(self->sigint, NULL) < 0)
		return fail("cannot follow signals", -ENOMEM);
	if (sd_watchdog_enabled(0, &watchdog_us) <= 0)
		return 0;
	half.tv_sec = (time_t)(watchdog_us / 2 / LS_SEC);
	half.tv_usec = (suseconds_t)(watchdog_us / 2 % LS_SEC);
	self->watchdog = event_new(self->base, -1, EV_PERSIST, on_watchdog, self);
	if (!self->watchdog || event_add(self->watchdog, &half) < 0)
		return fail("cannot serve the watchdog", -ENOMEM);
	return 0;
}

static void
stop(struct linkstatd *self)
{
	struct event *events[] = { self->sigterm, self->sigint, self->watchdog };

	sd_notify(0, "STOPPING=1");
	if (self->server) /* clients get only what is committed already */
		server_set_hooks(self->server, &(const struct server_hooks){ 0 });
	if (self->sources)
		sources_flush(self->sources);
	sources_free(self->sources);
	if (self->pipeline)
		pipeline_alive(self->pipeline);
	if (self->server) /* what still waits for the disk gets it now */
		server_set_sync(self->server, NULL);
	store_sync_free(self->sync);
	pipeline_free(self->pipeline);
	retention_free(self->retention);
	store_check_free(self->check);
	server_free(self->server);
	top_free(self->state.top);
	alert_free(self->alert);
	store_close(self->store);
	ls_families_free(self->families);
	if (self->record)
		fclose(self->record);
	for (size_t i = 0; i < LS_COUNT(events); i++) {
		if (events[i])
			event_free(events[i]);
	}
	if (self->base)
		event_base_free(self->base);
	libevent_global_shutdown();
}

int
main(int argc, char **argv)
{
	struct linkstatd self = { 0 };
	struct options options;
	int r = options_parse(argc, argv, &options);

	(void)mallopt(M_ARENA_MAX, 1); /* its threads do not work at the same time for long */
	if (r <= 0)
		return r < 0 ? 2 : 0;
	if (options.check_families)
		return families_check(options.families_dir, options.check, options.n_check);
	r = start(&self, &options);
	if (r == 0)
		r = follow_signals(&self);
	if (r == 0) {
		sd_notify(0, "READY=1\nSTATUS=watching USB");
		r = event_base_dispatch(self.base) < 0 ? -EIO : 0;
	}
	stop(&self);
	return r == 0 && !self.again ? 0 : 1;
}
