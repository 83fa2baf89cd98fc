/*
 * The floor: what it costs to look at each header of a capture once. Maps a classic pcap file of
 * this machine's byte order, walks its records and sums lengths per device, nothing else; it
 * trusts the file. With "prefetch", a second floor: memory is fetched ahead, as no prefetcher of the
 * machine does across pages. Usage: floor_capture FILE [prefetch]
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/usbmon/usbmon.h"

#define FILE_HEADER   24
#define RECORD_HEADER 16
#define AHEAD	      2048

static struct {
	uint64_t bytes, n_records;
} sums[128][128];

static inline uint64_t
walk(const uint8_t *file, size_t size, size_t ahead)
{
	uint64_t n = 0;
	size_t at = FILE_HEADER;

	while (at + RECORD_HEADER + LS_USBMON_HEADER <= size) {
		const uint8_t *header = file + at + RECORD_HEADER;
		uint32_t len_cap, length;
		uint16_t bus;

		if (ahead) {
			__builtin_prefetch(header + ahead);
			__builtin_prefetch(header + ahead + 64);
		}
		memcpy(&len_cap, file + at + 8, sizeof(len_cap));
		memcpy(&bus, header + offsetof(struct ls_usbmon_record, bus), sizeof(bus));
		memcpy(&length, header + offsetof(struct ls_usbmon_record, length), sizeof(length));
		sums[bus & 127][header[11] & 127].bytes += length;
		sums[bus & 127][header[11] & 127].n_records++;
		n++;
		at += RECORD_HEADER + len_cap;
	}
	return n;
}

int
main(int argc, char **argv)
{
	int fd = argc > 1 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	struct timespec cpu;
	struct stat stat;
	uint8_t *file;
	double seconds;
	uint64_t n;

	if (fd < 0 || fstat(fd, &stat) < 0) {
		perror("floor_capture");
		return 1;
	}
	file = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (file == MAP_FAILED) {
		perror("floor_capture");
		return 1;
	}
	n = argc > 2 ? walk(file, (size_t)stat.st_size, AHEAD)
		     : walk(file, (size_t)stat.st_size, 0);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	seconds = (double)cpu.tv_sec + (double)cpu.tv_nsec / 1e9;
	printf("floor records %llu cpu %.3f s, %.1f M records/s\n", (unsigned long long)n, seconds,
	       (double)n / seconds / 1e6);
	return 0;
}
