#include "cli/base/redact.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/systemd_library.h"
#include "lib/base/hash.h"
#include "lib/base/time.h"

#define SECRET_MAX 256
/* shorter secrets are replaced as whole words only: a serial number "1" must not rewrite "10" */
#define ANYWHERE_MIN 8
#define WORD_MIN     3
/* reply, list, port, device, string: anything deeper is never shown */
#define DEPTH_MAX     16
#define PSEUDONYM_MAX 16

struct secret {
	char text[SECRET_MAX]; /* in lower case */
	size_t len;
};

static int
compare_secrets(const void *a, const void *b)
{
	const struct secret *left = a, *right = b;

	return strcmp(left->text, right->text);
}

/* FNV-1a twice, as input of the keyed hash that makes it one-way. */
static void
digest(const char *text, size_t len, sd_id128_t *ret)
{
	uint64_t halves[2] = { LS_HASH_START, UINT64_C(0x9ae16a3b2f90404f) };

	for (size_t i = 0; i < len; i++) {
		unsigned char letter = (unsigned char)tolower((unsigned char)text[i]);

		for (int k = 0; k < 2; k++)
			halves[k] = ls_hash(halves[k], &letter, 1);
	}
	memcpy(ret->bytes, halves, sizeof(halves));
}

static void
pseudonym(const char *text, size_t len, char ret[PSEUDONYM_MAX])
{
	sd_id128_t input, output;

	if (!systemd()) { /* without the key a pseudonym could be guessed from */
		snprintf(ret, PSEUDONYM_MAX, "id-unknown");
		return;
	}
	digest(text, len, &input);
	if (systemd()->sd_id128_get_machine_app_specific(input, &output) < 0 &&
	    systemd()->sd_id128_get_boot_app_specific(input, &output) < 0)
		output = input; /* no machine id and no boot id: nothing identifies this computer */
	snprintf(ret, PSEUDONYM_MAX, "id-%02x%02x%02x%02x", output.bytes[0], output.bytes[1],
		 output.bytes[2], output.bytes[3]);
}

static int
learn(struct redaction *redaction, const char *text)
{
	struct secret secret = { .len = strlen(text) };

	if (secret.len < WORD_MIN || secret.len >= SECRET_MAX || strncmp(text, "id-", 3) == 0)
		return 0;
	for (size_t i = 0; i < secret.len; i++)
		secret.text[i] = (char)tolower((unsigned char)text[i]);
	return set_add(&redaction->secrets, &secret, sizeof(secret), compare_secrets) ? 0 : -ENOMEM;
}

/* ---- which parts of a text are secret -------------------------------------------------------- */

static bool
is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool
is_alone(const char *text, size_t at, size_t len)
{
	return (at == 0 || !is_word(text[at - 1])) && !is_word(text[at + len]);
}

static size_t
known_at(const struct redaction *redaction, const char *text, size_t at)
{
	size_t best = 0;

	for (size_t i = 0; i < redaction->secrets.n; i++) {
		const struct secret *secret = redaction->secrets.items[i];

		if (secret->len > best && strncasecmp(text + at, secret->text, secret->len) == 0 &&
		    (secret->len >= ANYWHERE_MIN || is_alone(text, at, secret->len)))
			best = secret->len;
	}
	return best;
}

/* What follows these is a secret, up to the next blank or delimiter. */
static const char *const secret_prefixes[] = {
	"ecid:",	 "ecid=",	   "ecid ",	    "ecid: ",  "ecid 0x", "srnm:[",
	"serialnumber:", "serialnumber: ", "serialnumber=", "serial=", "serial:", "serial number ",
	"serial: ",	 "udid:",	   "udid: ",	    "udid=",   "udid ",	  "imei:[",
};
/* Options of idevicerestore, adb, dfu-util and others: a long value with a digit in it is one. */
static const char *const secret_options[] = { " -u ", " -i ", " -s ", " -S ", " --serial " };

static size_t
value_len(const char *text)
{
	return strcspn(text, " \t,;]\"'()");
}

/* Is one of @n prefixes right before @at? */
static bool
has_prefix(const char *text, size_t at, const char *const *prefixes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(prefixes[i]);

		if (at >= len && strncasecmp(text + at - len, prefixes[i], len) == 0)
			return true;
	}
	return false;
}

/* "SerialNumber=3" is the number of a string: a short number before a blank is none. */
static size_t
value_at(const char *text, size_t at)
{
	size_t len = value_len(text + at), n_digits = strspn(text + at, "0123456789");

	if (strncmp(text + at, "id-", 3) == 0)
		return 0;
	if (has_prefix(text, at, secret_prefixes, LS_COUNT(secret_prefixes)))
		return len >= ANYWHERE_MIN || (len >= WORD_MIN && text[at + n_digits] != ' ') ? len
											      : 0;
	if (has_prefix(text, at, secret_options, LS_COUNT(secret_options)))
		return len >= ANYWHERE_MIN && strcspn(text + at, "0123456789") < len ? len : 0;
	return 0;
}

static size_t
n_hex(const char *text)
{
	size_t n = 0;

	while (isxdigit((unsigned char)text[n]))
		n++;
	return n;
}

/*
 * 40 hex digits; "00008020-000B654E3C92002E"; "0x000b654e3c92002e". An option may stand right before them,
 * "-u…", and its letter may look like one more digit.
 */
static size_t
number_at(const char *text, size_t at)
{
	size_t n;

	if (at > 0 && isxdigit((unsigned char)text[at - 1]))
		return 0;
	n = n_hex(text + at);
	if (n >= 40)
		return n;
	if (n >= 8 && text[at + n] == '-' && n_hex(text + at + n + 1) == 16)
		return n + 17;
	if (at > 0 && is_word(text[at - 1]))
		return 0;
	if (n == 1 && text[at] == '0' && (text[at + 1] | 32) == 'x' && n_hex(text + at + 2) >= 12)
		return 2 + n_hex(text + at + 2);
	return 0;
}

static size_t
secret_at(const struct redaction *redaction, const char *text, size_t at)
{
	size_t len = known_at(redaction, text, at);

	if (len == 0)
		len = number_at(text, at);
	return len > 0 ? len : value_at(text, at);
}

char *
redact_text(const struct redaction *redaction, const char *text)
{
	/* A secret of WORD_MIN bytes or more becomes one of less than PSEUDONYM_MAX. */
	size_t room = strlen(text) * PSEUDONYM_MAX / WORD_MIN + PSEUDONYM_MAX, n = 0;
	char *result = malloc(room);

	if (!result)
		return NULL;
	for (size_t at = 0; text[at];) {
		size_t len = secret_at(redaction, text, at);

		if (len == 0) {
			result[n++] = text[at++];
			continue;
		}
		pseudonym(text + at, len, result + n);
		n += strlen(result + n);
		at += len;
	}
	result[n] = '\0';
	return result;
}

/* ---- replies --------------------------------------------------------------------------------- */

/* The end of "05ac:12a8:SERIAL". */
static int
learn_from_name(struct redaction *redaction, const char *name)
{
	bool is_name = n_hex(name) == 4 && name[4] == ':' && n_hex(name + 5) >= 4 && name[9] == ':';

	return is_name ? learn(redaction, name + 10) : 0;
}

static int
learn_from(struct redaction *redaction, const json_t *tree, const char *key, int depth)
{
	const char *text = json_string_value(tree), *name;
	json_t *value;
	size_t i;
	int r = 0;

	if (text && strcmp(key, "host") == 0 && strlen(text) < ANYWHERE_MIN)
		return 0; /* "usb": elsewhere it is a word */
	if (text)
		return strcmp(key, "serial") == 0 || strcmp(key, "host") == 0
			       ? learn(redaction, text)
			       : learn_from_name(redaction, text);
	json_array_foreach(tree, i, value)
	{
		r = r < 0 || depth == 0 ? r : learn_from(redaction, value, key, depth - 1);
	}
	json_object_foreach((json_t *)(uintptr_t)tree, name, value)
	{
		r = r < 0 || depth == 0 ? r : learn_from(redaction, value, name, depth - 1);
	}
	return r;
}

static int
replace(const struct redaction *redaction, json_t *string)
{
	const char *text = json_string_value(string);
	int64_t real_us;
	char *redacted;
	int r;

	if (ls_time_parse(text, &real_us) == 1)
		return 0;
	redacted = redact_text(redaction, text);
	r = !redacted || (strcmp(redacted, text) != 0 && json_string_set(string, redacted) < 0);
	free(redacted);
	return r ? -ENOMEM : 0;
}

/* All of it, whatever it is. */
static int
replace_name(json_t *string)
{
	const char *text = json_string_value(string);
	char name[PSEUDONYM_MAX];

	if (!*text || strncmp(text, "id-", 3) == 0)
		return 0;
	pseudonym(text, strlen(text), name);
	return json_string_set(string, name) < 0 ? -ENOMEM : 0;
}

static int
redact_tree(const struct redaction *redaction, json_t *tree, int depth)
{
	const char *key;
	json_t *value;
	size_t i;
	int r = 0;

	if (json_is_string(tree))
		return replace(redaction, tree);
	json_array_foreach(tree, i, value)
	{
		r = r < 0 || depth == 0 ? r : redact_tree(redaction, value, depth - 1);
	}
	json_object_foreach(tree, key, value)
	{
		/* Names of ports are not secret, and each of them contains "0000". */
		bool is_place = strcmp(key, "port") == 0 || strcmp(key, "controller") == 0;

		if (is_place && json_string_length(value) > 0 &&
		    strncmp(json_string_value(value), "pci-", 4) == 0)
			continue;
		if (r == 0 && strcmp(key, "host") == 0 && json_is_string(value))
			r = replace_name(value);
		r = r < 0 || depth == 0 ? r : redact_tree(redaction, value, depth - 1);
	}
	return r;
}

int
redact_reply(struct redaction *redaction, json_t *reply)
{
	int r = learn_from(redaction, reply, "", DEPTH_MAX);

	return r < 0 ? r : redact_tree(redaction, reply, DEPTH_MAX);
}

void
redact_done(struct redaction *redaction)
{
	set_done(&redaction->secrets);
}
