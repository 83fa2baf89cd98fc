/* Runs a fuzz target over every file of the corpus directories given: no fuzzer needed. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay_file(const char *dir, const char *name)
{
	static uint8_t data[1 << 20];
	char path[4096];
	FILE *file;
	size_t n;
	uint8_t *exact;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "rb");
	if (!file)
		return -1;
	n = fread(data, 1, sizeof(data), file);
	fclose(file);
	/* A buffer of exactly this size, so that the sanitizer sees each byte read beyond it. */
	exact = malloc(n ? n : 1);
	if (!exact)
		return -1;
	memcpy(exact, data, n);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int
main(int argc, char **argv)
{
	unsigned int n = 0;

	for (int i = 1; i < argc; i++) {
		DIR *dir = opendir(argv[i]);
		const struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			if (entry->d_name[0] != '.' && replay_file(argv[i], entry->d_name) == 0)
				n++;
		}
		if (dir)
			closedir(dir);
	}
	printf("%u inputs replayed\n", n);
	return n ? 0 : 1;
}
