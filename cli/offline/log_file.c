#include "cli/offline/log_file.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

bool
log_file_is_binary(const char *bytes, size_t len)
{
	size_t n_odd = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		n_odd += c < 0x20 && !strchr("\t\n\v\f\r\033\b", c);
		n_odd += c == 0;
	}
	return n_odd > len / 8;
}

void
log_file_options(int fd, struct ls_log_text_options *ret)
{
	time_t written = time(NULL);
	struct stat stat;
	struct tm local;

	*ret = (struct ls_log_text_options){ 0 };
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
		written = stat.st_mtime;
	if (!localtime_r(&written, &local))
		return;
	ret->utc_offset_us = local.tm_gmtoff * (int64_t)LS_SEC;
	ret->year = local.tm_year + 1900;
}
