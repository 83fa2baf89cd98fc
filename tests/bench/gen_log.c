/*
 * A log of a machine with some USB trouble: gen_log FORMAT BYTES PER_MILLE writes about BYTES of
 * FORMAT (dmesg, syslog, export, json); PER_MILLE of its messages are about USB.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const others[] = {
	"audit: type=1400 apparmor=\"ALLOWED\" operation=\"open\" comm=\"x\"",
	"wlp2s0: authenticated",
	"EXT4-fs (nvme0n1p2): re-mounted. Opts: errors=remount-ro",
	"nvme nvme0: 8/0/0 default/read/poll queues",
	"IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link ready",
	"[UFW BLOCK] IN=eth0 OUT= MAC=01:00:5e:00:00:01 SRC=192.168.1.1 DST=224.0.0.1 LEN=32",
	"perf: interrupt took too long (2510 > 2500), lowering max_sample_rate to 79500",
	"Started Daily apt download activities and cleaned everything that was left over.",
};
static const char *const usb[] = {
	"usb 1-4: new high-speed USB device number 5 using xhci_hcd",
	"usb 1-4: New USB device found, idVendor=05ac, idProduct=12a8, bcdDevice= 4.00",
	"usb 1-4: Product: A phone",
	"usb 1-4: USB disconnect, device number 5",
	"usb usb1-port4: disabled by hub (EMI?), re-enabling...",
	"usb 1-4: device descriptor read/64, error -71",
};

struct message {
	const char *text;
	bool kernel;
	uint64_t usec; /* since boot */
};

static uint64_t
next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return *state >> 33;
}

static int
print_dmesg(const struct message *message)
{
	return printf("[%5" PRIu64 ".%06" PRIu64 "] %s\n", message->usec / 1000000,
		      message->usec % 1000000, message->text);
}

static int
print_syslog(const struct message *message)
{
	uint64_t s = message->usec / 1000000;

	return printf("Nov %2" PRIu64 " %02" PRIu64 ":%02" PRIu64 ":%02" PRIu64
		      " thinkpad %s: %s\n",
		      1 + s / 86400 % 30, s / 3600 % 24, s / 60 % 60, s % 60,
		      message->kernel ? "kernel" : "systemd-machined[1806]", message->text);
}

static int
print_export(const struct message *message)
{
	return printf(
		"__CURSOR=s=0639d0ce8d1c4b35a4f8a4f2a8d9b7c1;i=1;b=5f0c;m=1;t=2;x=3\n"
		"__REALTIME_TIMESTAMP=%" PRIu64 "\n__MONOTONIC_TIMESTAMP=%" PRIu64 "\n"
		"_BOOT_ID=5f0c9d4cbb5c4d7b8c6a0d2c5c1f2e3d\n_MACHINE_ID=00112233445566778899\n"
		"_HOSTNAME=thinkpad\nPRIORITY=6\n_TRANSPORT=%s\nSYSLOG_FACILITY=%s\n"
		"SYSLOG_IDENTIFIER=%s\nMESSAGE=%s\n_SYSTEMD_UNIT=x.service\n_UID=0\n_GID=0\n\n",
		UINT64_C(1661116292123456) + message->usec, message->usec,
		message->kernel ? "kernel" : "journal", message->kernel ? "0" : "3",
		message->kernel ? "kernel" : "systemd", message->text);
}

static int
print_json(const struct message *message)
{
	bool quoted = strchr(message->text, '"');

	return printf(
		"{\"__CURSOR\":\"s=0639d0ce8d1c4b35a4f8a4f2a8d9b7c1;i=1\","
		"\"__REALTIME_TIMESTAMP\":\"%" PRIu64 "\",\"__MONOTONIC_TIMESTAMP\":\"%" PRIu64
		"\","
		"\"_BOOT_ID\":\"5f0c9d4cbb5c4d7b8c6a0d2c5c1f2e3d\",\"_HOSTNAME\":\"thinkpad\","
		"\"_TRANSPORT\":\"%s\",\"SYSLOG_IDENTIFIER\":\"%s\",\"MESSAGE\":\"%s\"}\n",
		UINT64_C(1661116292123456) + message->usec, message->usec,
		message->kernel ? "kernel" : "journal", message->kernel ? "kernel" : "systemd",
		quoted ? "x" : message->text);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*print)(const struct message *message);
	} formats[] = { { "dmesg", print_dmesg },
			{ "syslog", print_syslog },
			{ "export", print_export },
			{ "json", print_json } };
	uint64_t state = 1, size = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	uint64_t per_mille = argc > 3 ? strtoull(argv[3], NULL, 10) : 10;
	struct message message = { 0 };

	for (size_t i = 0; argc > 1 && i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (strcmp(argv[1], formats[i].name) != 0)
			continue;
		for (uint64_t n = 0; n < size;) {
			message.kernel = next_random(&state) % 1000 < per_mille;
			message.usec += next_random(&state) % 20000;
			message.text = message.kernel ? usb[next_random(&state) % 6]
						      : others[next_random(&state) % 8];
			n += (uint64_t)formats[i].print(&message);
		}
		return 0;
	}
	fprintf(stderr, "usage: gen_log dmesg|syslog|export|json BYTES [PER_MILLE]\n");
	return 2;
}
