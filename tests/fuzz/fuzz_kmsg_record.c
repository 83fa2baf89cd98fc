#include <errno.h>

#include "lib/observe/kmsg.h"
#include "tests/fuzz/check.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *bytes = (const char *)data;
	struct ls_kmsg_record record = { .text = NULL };
	int ret = ls_kmsg_parse(bytes, len, &record);

	if (ret < 0) {
		CHECK(ret == -EBADMSG && !record.text);
		return 0;
	}
	CHECK(ret == 1);
	CHECK(record.level <= 7);
	CHECK(record.text > bytes && record.text + record.text_len <= bytes + len);
	CHECK(record.text[-1] == ';');
	CHECK(!memchr(bytes, ';', (size_t)(record.text - 1 - bytes)));
	CHECK(!memchr(record.text, '\n', record.text_len));
	CHECK(record.text + record.text_len == bytes + len || record.text[record.text_len] == '\n');
	return 0;
}
