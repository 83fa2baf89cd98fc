#include "lib/observe/driver_messages.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

#include "lib/base/text.h"

#define MAX_ERRNO 4095 /* as in the kernel */

/* What stands before a number that is a status, in any case; "signal level -71" has none of them. */
static const char *const status_words[] = {
	"status", "err", "fail", "can't", "cannot", "could not", "couldn't", "unable", "abort",
};

static bool
contains_word(struct ls_cursor text, const char *word)
{
	size_t len = strlen(word);

	for (; ls_cursor_left(&text) >= len; text.at++) {
		if (strncasecmp(text.at, word, len) == 0)
			return true;
	}
	return false;
}

static bool
announces_status(struct ls_cursor text)
{
	for (size_t i = 0; i < LS_COUNT(status_words); i++) {
		if (contains_word(text, status_words[i]))
			return true;
	}
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "status -71", "(-71)", "err = -71", "failed:-71", but not "0x3-71" and "-71 dBm". */
static bool
take_status(const struct ls_cursor *text, const char *minus, int *ret)
{
	struct ls_cursor number = { minus, text->end };

	if (minus > text->at && !strchr(" (=:[", minus[-1]))
		return false;
	if (!ls_take_int(&number, MAX_ERRNO, ret))
		return false;
	if (ls_cursor_left(&number) > 0 && !strchr(" ).,:;]!", *number.at))
		return false;
	if (ls_cursor_left(&number) > 1 && number.at[0] == '.' && is_digit(number.at[1]))
		return false;
	return !ls_take_literal(&number, " dB");
}

static enum ls_obs_kind
kind_of_status(int status)
{
	switch (status) {
	case -EPROTO:
	case -EILSEQ:
	case -ETIME:
	case -EOVERFLOW:
	case -ETIMEDOUT:
		return LS_OBS_TRANSFER_ERRORS;
	case -ENOSPC:
		return LS_OBS_HOST_LIMIT;
	default:
		return LS_OBS_NONE;
	}
}

static bool
find_status(struct ls_cursor text, struct ls_driver_message *ret)
{
	const char *minus = text.at;

	while ((minus = memchr(minus, '-', (size_t)(text.end - minus)))) {
		struct ls_cursor before = { text.at, minus };
		int status;

		if (take_status(&text, minus, &status) && announces_status(before)) {
			ret->kind = kind_of_status(status);
			ret->status = status;
			ret->timed_out = status == -ETIMEDOUT;
			if (ret->kind != LS_OBS_NONE)
				return true;
		}
		minus++;
	}
	return false;
}

/* The time after which a driver gave up, without a status. */
static bool
is_timeout(struct ls_cursor text)
{
	return ls_cursor_contains(&text, "uas_eh_abort_handler") ||
	       ls_take_literal(&text, "Tx timeout") || ls_take_literal(&text, "timeout: still ");
}

/* usbserial, usbnet and some others say it. */
static bool
is_departure(struct ls_cursor text)
{
	struct ls_cursor rest = text;

	return ls_cursor_contains(&text, " now disconnected") ||
	       ls_cursor_contains(&text, "deinitialized") ||
	       ls_take_literal(&rest, "unregister '") ||
	       (ls_take_literal(&rest, "device disconnected") && ls_cursor_left(&rest) == 0);
}

/* Until Linux 5.8 these did not say which device they meant; libraries of drivers still do not. */
static bool
is_portless_driver(struct ls_cursor name, char handle[LS_HANDLE_MAX])
{
	static const char *const drivers[] = { "uvcvideo", "gspca_main", "dvb-usb", "pwc" };
	struct ls_cursor rest = name;

	if (ls_take_literal(&rest, "sound/usb/")) { /* "ALSA sound/usb/pcm.c:213" */
		snprintf(handle, LS_HANDLE_MAX, "snd-usb-audio");
		return true;
	}
	for (size_t i = 0; i < LS_COUNT(drivers); i++) {
		rest = name;
		if (ls_take_literal(&rest, drivers[i]) && ls_cursor_left(&rest) == 0) {
			snprintf(handle, LS_HANDLE_MAX, "%s", drivers[i]);
			return true;
		}
	}
	return false;
}

static bool
take_number(struct ls_cursor *cur)
{
	uint64_t number;

	return ls_take_uint(cur, UINT16_MAX, &number);
}

int
ls_driver_handle(struct ls_cursor name, char handle[LS_HANDLE_MAX])
{
	static const char *const prefixes[] = { "ttyUSB", "ttyACM", "usblp", "host" };
	struct ls_cursor rest = name;
	uint64_t host;

	for (size_t i = 0; i < LS_COUNT(prefixes); i++) {
		rest = name;
		if (ls_take_literal(&rest, prefixes[i]) && take_number(&rest) &&
		    ls_cursor_left(&rest) == 0 && ls_cursor_left(&name) < LS_HANDLE_MAX) {
			ls_text_clean(handle, LS_HANDLE_MAX, name.at, ls_cursor_left(&name));
			return 1;
		}
	}
	if (is_portless_driver(name, handle))
		return 1;
	rest = name;
	if (!ls_take_uint(&rest, UINT16_MAX, &host))
		return 0;
	for (int i = 0; i < 3; i++) {
		if (!ls_take_char(&rest, ':') || !take_number(&rest))
			return 0;
	}
	if (ls_cursor_left(&rest) > 0)
		return 0;
	snprintf(handle, LS_HANDLE_MAX, "host%u", (unsigned int)host);
	return 1;
}

/* "FTDI USB Serial Device converter now attached to ttyUSB0", "ttyACM0: USB ACM device",
 * "usblp0: USB Bidirectional printer dev 5 …" */
static bool
find_handle(struct ls_cursor text, char handle[LS_HANDLE_MAX])
{
	static const char attached[] = " now attached to ";
	const char *at = memmem(text.at, ls_cursor_left(&text), attached, strlen(attached));
	struct ls_cursor name = text;

	if (at)
		return ls_driver_handle((struct ls_cursor){ at + strlen(attached), text.end },
					handle) == 1;
	name = ls_take_until(&text, ':');
	return ls_take_literal(&text, ": USB ") && ls_driver_handle(name, handle) == 1;
}

int
ls_driver_message_parse(struct ls_cursor text, struct ls_driver_message *ret)
{
	struct ls_driver_message found = { .kind = LS_OBS_NONE };

	text = ls_cursor_trim(text);
	if (is_departure(text))
		found.kind = LS_OBS_DRIVER_LEFT;
	else if (find_handle(text, found.handle))
		found.kind = LS_OBS_HANDLE;
	else if (is_timeout(text))
		found = (struct ls_driver_message){ .kind = LS_OBS_TRANSFER_ERRORS,
						    .status = -ETIMEDOUT,
						    .timed_out = true };
	else if (!find_status(text, &found))
		return 0;
	*ret = found;
	return 1;
}
