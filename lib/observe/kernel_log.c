#include "lib/observe/kernel_log.h"

#include <errno.h>
#include <string.h>

#include "lib/base/cursor.h"
#include "lib/observe/driver_messages.h"
#include "lib/observe/kernel_messages.h"
#include "lib/observe/kernel_prefix.h"
#include "lib/base/port.h"
#include "lib/base/text.h"

#define MESSAGE_MAX 1024 /* printk's own limit for the text of one record */
#define MAX_ERRNO   4095 /* as in the kernel */
#define NOISE_WORDS 2	 /* between a device and what is said of it */

/* What a pattern found. */
struct fields {
	uint64_t devnum, bus, number, vid, pid, release;
	int status;
	enum ls_speed speed;
	char port[LS_PORT_NAME_MAX];
	struct ls_cursor manufacturer, product, serial;
};

/* A message taken apart: "DRIVER NAME: rest". */
struct message {
	enum scope scope;
	struct ls_cursor driver, name, rest;
	char port[LS_PORT_NAME_MAX]; /* what NAME names, "" for a controller and … */
	char handle[LS_HANDLE_MAX];  /* … for what has one, "" otherwise */
};

/* Longer words first. */
static const struct {
	const char *word;
	enum ls_speed speed;
} speeds[] = {
	{ "low-speed", LS_SPEED_LOW },
	{ "low speed", LS_SPEED_LOW },
	{ "full-speed", LS_SPEED_FULL },
	{ "full speed", LS_SPEED_FULL },
	{ "high-speed", LS_SPEED_HIGH },
	{ "high speed", LS_SPEED_HIGH },
	{ "super-speed-plus", LS_SPEED_SUPER_PLUS },
	{ "super-speed", LS_SPEED_SUPER },
	{ "SuperSpeedPlus", LS_SPEED_SUPER_PLUS },
	{ "SuperSpeed Plus", LS_SPEED_SUPER_PLUS },
	{ "SuperSpeed", LS_SPEED_SUPER },
	{ "variable speed Wireless", LS_SPEED_UNKNOWN },
	{ "variable-speed Wireless", LS_SPEED_UNKNOWN },
	{ "UNKNOWN", LS_SPEED_UNKNOWN },
};

/* "high-speed", "SuperSpeed Plus Gen 2x1" */
static bool
take_speed(struct ls_cursor *cur, enum ls_speed *ret)
{
	for (size_t i = 0; i < LS_COUNT(speeds); i++) {
		if (!ls_take_literal(cur, speeds[i].word))
			continue;
		*ret = speeds[i].speed;
		if (ls_take_literal(cur, " Gen "))
			ls_take_until(cur, ' ');
		return true;
	}
	return false;
}

/* printf's "%2x.%02x" */
static bool
take_release(struct ls_cursor *cur, uint64_t *ret)
{
	uint64_t major, minor;

	ls_take_spaces(cur);
	if (!ls_take_hex(cur, UINT8_MAX, &major) || !ls_take_char(cur, '.') ||
	    !ls_take_hex(cur, UINT8_MAX, &minor))
		return false;
	*ret = major << 8 | minor;
	return true;
}

static bool
take_status(struct ls_cursor *cur, int *ret)
{
	int status;

	if (!ls_take_int(cur, MAX_ERRNO, &status))
		return false;
	*ret = status < 0 ? status : 0;
	return true;
}

/* Up to a blank or @stop; at least one character. */
static bool
take_word(struct ls_cursor *cur, char stop, struct ls_cursor *ret)
{
	struct ls_cursor next = *cur;
	struct ls_cursor line = ls_take_until(&next, ' ');

	*ret = stop ? ls_take_until(&line, stop) : line;
	cur->at = ret->end;
	return ls_cursor_left(ret) > 0;
}

static struct ls_cursor
take_all(struct ls_cursor *cur)
{
	struct ls_cursor all = *cur;

	cur->at = cur->end;
	return all;
}

/* One "%x" of a pattern; @stop is the pattern's next character. */
static bool
take_field(char letter, char stop, struct ls_cursor *cur, struct fields *fields)
{
	struct ls_cursor word;

	switch (letter) {
	case 'n':
		return ls_take_uint(cur, UINT16_MAX, &fields->devnum);
	case 'b':
		return ls_take_uint(cur, UINT16_MAX, &fields->bus) && fields->bus > 0;
	case 'p':
		return ls_take_uint(cur, UINT8_MAX, &fields->number) && fields->number > 0;
	case 'v':
		return ls_take_hex(cur, UINT16_MAX, &fields->vid);
	case 'i':
		return ls_take_hex(cur, UINT16_MAX, &fields->pid);
	case 'r':
		return take_release(cur, &fields->release);
	case 'e':
		return take_status(cur, &fields->status);
	case 's':
		return take_speed(cur, &fields->speed);
	case 'd':
		return take_word(cur, stop, &word) &&
		       ls_port_from_kernel(word.at, ls_cursor_left(&word), fields->port) == 1;
	case 'm':
		fields->manufacturer = take_all(cur);
		return true;
	case 'o':
		fields->product = take_all(cur);
		return true;
	case 'l':
		fields->serial = take_all(cur);
		return true;
	case 'w':
		return take_word(cur, stop, &word);
	case '~':
		ls_take_until(cur, stop);
		return true;
	case '*':
		take_all(cur);
		return true;
	default:
		return false;
	}
}

static bool
match(const char *pattern, struct ls_cursor cur, struct fields *fields)
{
	/* Most patterns differ in their first character. */
	if (*pattern != '%' && (ls_cursor_left(&cur) == 0 || *cur.at != *pattern))
		return false;
	*fields = (struct fields){ 0 };
	for (; *pattern; pattern++) {
		bool field = *pattern == '%';

		if (field)
			pattern++;
		if (field ? !take_field(pattern[0], pattern[1], &cur, fields)
			  : !ls_take_char(&cur, *pattern))
			return false;
		if (*pattern == ' ' && !field) /* copies have runs of blanks */
			ls_take_spaces(&cur);
	}
	ls_take_spaces(&cur);
	return ls_cursor_left(&cur) == 0;
}

static enum scope
scope_of(const struct message *message)
{
	if (message->handle[0])
		return HANDLE;
	if (!message->port[0])
		return ls_cursor_contains(&message->driver, "ehci") ? EHCI : CONTROLLER;
	if (ls_cursor_contains(&message->name, ":"))
		return ls_cursor_contains(&message->driver, "hub") ? HUB : INTERFACE;
	return ls_cursor_contains(&message->name, "-port") ? PORT : DEVICE;
}

/* "r8152 2-1:1.0 eth0", "smsc95xx 1-1.1:1.0 (unnamed net_device)": the interface, too. */
static void
take_net_device(struct message *message)
{
	struct ls_cursor rest = message->driver;
	struct ls_cursor driver = ls_take_until(&rest, ' ');
	struct ls_cursor name;

	ls_take_spaces(&rest);
	name = ls_take_until(&rest, ' ');
	if (!ls_cursor_contains(&name, ":") ||
	    ls_port_from_kernel(name.at, ls_cursor_left(&name), message->port) < 0)
		return;
	message->driver = driver;
	message->name = name;
}

static struct message
split(struct ls_cursor text)
{
	struct message message = { .scope = NO_NAME, .rest = text };
	struct ls_cursor prefix = text;
	const char *colon = memmem(text.at, ls_cursor_left(&text), ": ", 2);
	const char *blank;

	if (!colon)
		return message;
	prefix.end = colon;
	if (ls_driver_handle(prefix, message.handle) == 1) {
		message.scope = HANDLE;
		message.rest.at = colon + 2;
		return message;
	}
	blank = memrchr(prefix.at, ' ', ls_cursor_left(&prefix));
	if (!blank || blank == prefix.at || blank + 1 == prefix.end)
		return message;
	message.driver = (struct ls_cursor){ prefix.at, blank };
	message.name = (struct ls_cursor){ blank + 1, prefix.end };
	message.rest.at = colon + 2;
	if (ls_port_from_kernel(message.name.at, ls_cursor_left(&message.name), message.port) < 0)
		take_net_device(&message);
	if (!message.port[0])
		ls_driver_handle(message.name, message.handle);
	message.scope = scope_of(&message);
	/* Drivers of whole devices have one word; "I saw usb 1-1: …" is free text. */
	if ((message.scope == DEVICE || message.scope == PORT) &&
	    ls_cursor_contains(&message.driver, " "))
		message.scope = NO_NAME;
	return message;
}

/* Any two words may look like a driver and a controller: "Restarting tasks: Done". */
static bool
in_scope(enum scope rule, enum scope message)
{
	return rule == message || (rule == INTERFACE && message == HUB) ||
	       (rule == CONTROLLER && message == EHCI) ||
	       (rule == NO_NAME && message == CONTROLLER);
}

static const struct ls_kernel_message *
find_rule(const struct message *message, const struct ls_cursor *text, struct fields *fields)
{
	for (size_t i = 0; i < ls_n_kernel_messages; i++) {
		const struct ls_kernel_message *rule = &ls_kernel_messages[i];

		if (in_scope(rule->scope, message->scope) &&
		    match(rule->pattern, rule->scope == NO_NAME ? *text : message->rest, fields))
			return rule;
	}
	return NULL;
}

/* Buses have udev's name of the controller, so that they can be compared with udev's. */
static void
set_controller(const struct message *message, struct ls_observation *obs)
{
	char name[LS_ID_PATH_MAX - sizeof("platform-")];
	bool of_bus = obs->kind == LS_OBS_BUS_ADDED || obs->kind == LS_OBS_BUS_REMOVED;
	const char *prefix = ls_cursor_contains(&message->name, ":") ? "pci-" : "platform-";

	ls_text_clean(name, sizeof(name), message->name.at, ls_cursor_left(&message->name));
	ls_text_format(obs->controller, sizeof(obs->controller), "%s%s", of_bus ? prefix : "",
		       name);
}

static bool
set_port(const struct message *message, const struct fields *fields, struct ls_observation *obs)
{
	if (fields->number)
		return ls_port_child(message->port, (unsigned int)fields->number, obs->port) == 1;
	memcpy(obs->port, fields->port[0] ? fields->port : message->port, sizeof(obs->port));
	return true;
}

static void
set_string(char dst[LS_STRING_MAX], const struct ls_cursor *src)
{
	ls_text_clean(dst, LS_STRING_MAX, src->at, ls_cursor_left(src));
}

static bool
has_device(enum ls_obs_kind kind)
{
	return kind == LS_OBS_FOUND || kind == LS_OBS_STRING || kind == LS_OBS_ENUMERATING;
}

static void
set_device(const struct fields *fields, struct ls_device *device)
{
	*device = (struct ls_device){
		.vid = (uint16_t)fields->vid,
		.pid = (uint16_t)fields->pid,
		.bcd_device = (uint16_t)fields->release,
		.speed = fields->speed,
	};
	set_string(device->manufacturer, &fields->manufacturer);
	set_string(device->product, &fields->product);
	set_string(device->serial, &fields->serial);
}

/* The \xHH of /dev/kmsg. */
static bool
take_escape(struct ls_cursor *cur, uint64_t *byte)
{
	struct ls_cursor digits = *cur;

	if (!ls_take_literal(&digits, "\\x") || ls_cursor_left(&digits) < 2)
		return false;
	digits.end = digits.at + 2;
	if (!ls_take_hex(&digits, UINT8_MAX, byte) || ls_cursor_left(&digits) > 0)
		return false;
	cur->at = digits.at;
	return true;
}

/* What does not fit is cut. */
static struct ls_cursor
unescape(struct ls_cursor text, char bytes[MESSAGE_MAX])
{
	size_t n = 0;

	while (n < MESSAGE_MAX && ls_cursor_left(&text) > 0) {
		uint64_t byte;

		if (take_escape(&text, &byte))
			bytes[n++] = (char)byte;
		else
			bytes[n++] = *text.at++;
	}
	/* Until 4.18 some messages were "…\n." in the source. */
	if (n >= 2 && bytes[n - 2] == '\n' && bytes[n - 1] == '.')
		n--;
	while (n > 0 && bytes[n - 1] == '\n')
		n--;
	return ls_cursor_of(bytes, n);
}

/* "scsi host6: usb-storage 1-2:1.0" */
static bool
parse_storage_host(const struct message *message, struct ls_observation *obs)
{
	struct ls_cursor name = message->rest;

	if (!ls_take_literal(&name, "usb-storage ") ||
	    ls_port_from_kernel(name.at, ls_cursor_left(&name), obs->port) < 0)
		return false;
	obs->kind = LS_OBS_HANDLE;
	memcpy(obs->handle, message->handle, sizeof(obs->handle));
	return true;
}

/* Of SCSI hosts only lines of uas; other disks have hosts as well. */
static bool
is_usb_handle(const struct message *message)
{
	return message->handle[0] != 'h' || ls_cursor_contains(&message->rest, "uas");
}

/* A line of a driver, which has its own words. */
static bool
parse_driver(const struct message *message, struct ls_observation *obs)
{
	struct ls_driver_message said;

	if (message->scope != DEVICE && message->scope != INTERFACE && message->scope != HUB &&
	    message->scope != HANDLE)
		return false;
	if (message->scope == HANDLE && parse_storage_host(message, obs))
		return true;
	if (!is_usb_handle(message) || ls_driver_message_parse(message->rest, &said) == 0)
		return false;
	obs->kind = said.kind;
	obs->status = said.status;
	obs->n_failed = said.kind == LS_OBS_TRANSFER_ERRORS;
	obs->n_timeouts = said.timed_out;
	memcpy(obs->handle, said.kind == LS_OBS_HANDLE ? said.handle : message->handle,
	       sizeof(obs->handle));
	memcpy(obs->port, message->port, sizeof(obs->port));
	return true;
}

static bool
parse_rule(const struct message *message, const struct ls_cursor *whole, struct ls_observation *obs,
	   struct ls_device *device)
{
	struct fields fields;
	const struct ls_kernel_message *rule = find_rule(message, whole, &fields);

	if (!rule || !set_port(message, &fields, obs))
		return false;
	obs->kind = rule->kind;
	obs->step = rule->step;
	obs->repeated = rule->repeated;
	obs->of_hub = message->scope == HUB && !fields.number;
	obs->status = fields.status;
	obs->devnum = (uint16_t)fields.devnum;
	obs->bus = (uint16_t)fields.bus;
	if (rule->step == LS_STEP_CONFIG && fields.status == -ENOSPC) {
		obs->kind = LS_OBS_HOST_LIMIT;
		obs->step = LS_STEP_NONE;
	}
	if (rule->scope == CONTROLLER || rule->scope == EHCI)
		set_controller(message, obs);
	if (has_device(rule->kind)) {
		set_device(&fields, device);
		obs->device = device;
	}
	return true;
}

/* Also where words stand between the device and what is said of it. */
static bool
parse_rules(const struct message *message, const struct ls_cursor *whole,
	    struct ls_observation *obs, struct ls_device *device)
{
	struct message plain = *message;
	int n = message->scope == NO_NAME ? 0 : NOISE_WORDS;

	do
		if (parse_rule(&plain, whole, obs, device))
			return true;
	while (n-- > 0 && ls_kernel_take_noise(&plain.rest));
	return false;
}

int
ls_kernel_log_parse(const char *text, size_t len, struct ls_observation *obs,
		    struct ls_device *device)
{
	char bytes[MESSAGE_MAX];
	struct ls_cursor whole = unescape(ls_cursor_of(text, len), bytes);
	struct ls_cursor plain = ls_kernel_skip_noise(whole);
	struct message message = split(plain);
	struct ls_observation found = { .at = obs->at, .source = LS_SOURCE_KERNEL_LOG };

	if (!parse_rules(&message, &plain, &found, device) && !parse_driver(&message, &found))
		return 0;
	if (found.port[0])
		found.bus = ls_port_bus(found.port);
	ls_text_clean(found.text, sizeof(found.text), whole.at, ls_cursor_left(&whole));
	*obs = found;
	return 1;
}
