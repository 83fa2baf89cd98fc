#pragma once
/*
 * usbmon: every transfer of every bus, through the binary API's mapped ring. Reads headers where the
 * kernel put them; payload is not read here at all. When nothing moves it sleeps in poll; while
 * something moves it drains the ring, rests some milliseconds, and drains again.
 */
#include "daemon/sources/source.h"
#include "lib/usbmon/usbmon.h"

/*
 * The kernel copies up to a fifth of the ring of each transfer's payload, interrupts off, whether
 * anything reads it or not, and takes all of the ring's memory. But a full-speed restore brings 43
 * MB/s, of which 4 MiB are 97 ms: in the lab (tests/bench/bench_usbmon.sh, 97 MB/s), 300 KiB lost
 * records on a quiet computer, and 2 MiB on a busy one that stopped for longer than 20 ms.
 *
 * A wake-up costs as much as counting some hundred records, so the rest is as long as half of the
 * ring lasts at that speed: a burst out of silence still fits. What a disconnect or a reset needs to
 * be explained by does not wait for it, source_usbmon_drain() takes it at once.
 */
#define SOURCE_USBMON_RING	 (4 * 1024 * 1024)
#define SOURCE_USBMON_REST_MS	 50
#define SOURCE_USBMON_KIB_PER_MS 42

/* Records as they lie in the ring, valid during the call. */
typedef void (*source_batch_fn)(const struct ls_usbmon_batch *batch, void *user);

struct source_usbmon_options {
	const char *path;  /* NULL: /dev/usbmon0 */
	int fd;		   /* a stand-in for it that was opened already, nonblocking; -1: none */
	size_t ring_bytes; /* 0: as above; the kernel takes 8 KiB … 64 MiB, old ones 1200 KiB */
	unsigned int rest_ms; /* longest rest; 0: as above, by the ring that the kernel gave. It is
			       * shortened while the ring fills up */
	source_batch_fn on_batch;
	source_sink_fn sink; /* AVAILABLE, UNAVAILABLE, LOST with the number of records */
	void *user;
};

struct source_usbmon;

/* Silent, opens nothing. Owns @fd on success. 0 or -errno. */
int source_usbmon_new(struct event_base *base, const struct source_usbmon_options *options,
		      struct source_usbmon **ret);
/* Opens; AVAILABLE, or UNAVAILABLE with what to do about it. To be called again when not available,
 * for instance after "modprobe usbmon". */
void source_usbmon_start(struct source_usbmon *source);
/* Takes what has been recorded: what preceded a disconnect is known before its cause is decided. */
void source_usbmon_drain(struct source_usbmon *source);
void source_usbmon_free(struct source_usbmon *source);
LS_DEFINE_AUTO(source_usbmon)

struct source_usbmon_stats {
	bool available;
	size_t ring_bytes;
	unsigned int rest_ms; /* now */
	uint64_t n_wakeups, n_fetches, n_records, n_lost;
};
void source_usbmon_stats(const struct source_usbmon *source, struct source_usbmon_stats *ret);
