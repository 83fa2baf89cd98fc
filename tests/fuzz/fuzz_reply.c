/*
 * What linkstat reads of a server: framing, the contract, redaction, cleaning, the sentence for an error. The
 * first byte says of which method. After the check every member can be used, and nothing in it moves a terminal.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/ask/client.h"
#include "cli/ask/problem.h"
#include "cli/ask/schema.h"
#include "cli/base/redact.h"
#include "cli/base/sanitize.h"
#include "lib/wire/contract.h"
#include "tests/fuzz/check.h"

#define SENTENCE_MAX 600

static void
check_strings(const json_t *tree, int depth)
{
	const char *key;
	json_t *value;
	size_t i;

	if (depth == 0)
		return;
	if (json_is_string(tree))
		check_clean(json_string_value(tree), json_string_length(tree) + 1);
	json_array_foreach(tree, i, value) check_strings(value, depth - 1);
	json_object_foreach((json_t *)(uintptr_t)tree, key, value) check_strings(value, depth - 1);
}

static void
check_reply(const char *method, json_t *reply, struct redaction *redaction)
{
	char why[SCHEMA_WHY_MAX], text[SENTENCE_MAX];

	if (client_error(reply)) {
		CHECK(problem_sentence(reply, text, sizeof(text)) >= 0);
		check_clean(text, sizeof(text));
		return;
	}
	if (schema_check(method, client_parameters(reply), why) < 0) {
		check_clean(why, sizeof(why));
		return;
	}
	CHECK(redact_reply(redaction, client_parameters(reply)) == 0);
	CHECK(sanitize_json(client_parameters(reply), true) == 0);
	check_strings(client_parameters(reply), 6); /* deeper is nothing that the contract names */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct client_wait wait = { .timeout_ms = 1000, .output_fd = -1 };
	const struct ls_contract *contract = &ls_contract_io_linkstat;
	struct redaction redaction = { 0 };
	struct client *client;
	char method[128];
	json_t *reply;
	int fd, r;

	if (len < 2)
		return 0;
	snprintf(method, sizeof(method), "%s.%s", contract->name,
		 contract->methods[data[0] % contract->n_methods].name);
	fd = memfd_create("reply", MFD_CLOEXEC);
	CHECK(fd >= 0 && write(fd, data + 1, len - 1) == (ssize_t)(len - 1));
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && client_new(fd, &client) == 0);
	while ((r = client_receive(client, &wait, &reply)) == 1) {
		check_reply(method, reply, &redaction);
		json_decref(reply);
	}
	CHECK(r == -ECONNRESET || r == -EPIPE || r == -EBADMSG || r == -EMSGSIZE);
	client_free(client);
	redact_done(&redaction);
	return 0;
}
