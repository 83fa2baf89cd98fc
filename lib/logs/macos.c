#include "lib/logs/macos.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/port.h"
#include "lib/base/text.h"
#include "lib/logs/clean.h"
#include "lib/logs/clock.h"
#include "lib/logs/date.h"

#define LINE_MAX_BYTES	16384
#define PORTS_MAX	256 /* of which the number of the device is known */
#define DEVNUM_MAX	127
#define LOCATION_DIGITS 8

struct place {
	char port[LS_PORT_NAME_MAX];
	uint16_t devnum;
};

struct ls_log_macos {
	struct ls_log_clock clock;
	ls_observation_fn observe;
	void *user;
	struct ls_log_text_summary summary;
	struct place places[PORTS_MAX]; /* the oldest gives way */
	size_t n_places;
	uint16_t next_devnum;
	char last_port[LS_PORT_NAME_MAX]; /* of a line that names none */
	struct ls_instant at;
	size_t len;
	size_t begun; /* of @line: where the line that is being read begins, in an object */
	bool cut;
	bool in_object; /* log show --style json: an object has many lines, the time after the text */
	char line[LINE_MAX_BYTES + 1];
};

/* One statement of a line, which may hold several. */
struct statement {
	struct ls_log_macos *log;
	char port[LS_PORT_NAME_MAX];
	char text[LS_TEXT_MAX];
};

/* ---- observations -------------------------------------------------------------------------- */

static struct ls_observation
observation(const struct statement *of, enum ls_obs_kind kind)
{
	struct ls_observation obs = {
		.at = of->log->at,
		.source = LS_SOURCE_KERNEL_LOG,
		.kind = kind,
	};

	memcpy(obs.port, of->port, sizeof(obs.port));
	obs.bus = ls_port_bus(of->port);
	memcpy(obs.text, of->text, sizeof(obs.text));
	return obs;
}

static void
emit(const struct statement *of, const struct ls_observation *obs)
{
	of->log->observe(obs, of->log->user);
}

/* The number that the device on @port was given here; 0: none. A root hub is 1. */
static uint16_t
devnum_of(const struct ls_log_macos *log, const char *port)
{
	if (strncmp(port, "usb", 3) == 0)
		return 1;
	for (size_t i = 0; i < PORTS_MAX; i++)
		if (strcmp(log->places[i].port, port) == 0)
			return log->places[i].devnum;
	return 0;
}

/* macOS logs no numbers that a device could be found by. */
static uint16_t
give_devnum(struct ls_log_macos *log, const char *port)
{
	struct place *place = NULL;

	for (size_t i = 0; i < PORTS_MAX && !place; i++)
		if (strcmp(log->places[i].port, port) == 0)
			place = &log->places[i];
	if (!place)
		place = &log->places[log->n_places++ % PORTS_MAX];
	log->next_devnum = log->next_devnum < DEVNUM_MAX ? log->next_devnum + 1 : 2;
	memcpy(place->port, port, LS_PORT_NAME_MAX);
	place->devnum = log->next_devnum;
	return place->devnum;
}

/* What the hub above saw of the port. */
static void
emit_hub(const struct statement *of, enum ls_hub_event_kind event, uint32_t bits,
	 enum ls_link_state state)
{
	struct ls_observation obs = observation(of, LS_OBS_PORT_STATUS);
	const char *number = strrchr(of->port, '.');
	char hub[LS_PORT_NAME_MAX];

	if (!number)
		number = strrchr(of->port, '-');
	if (!number || ls_port_parent(of->port, hub) <= 0)
		return;
	obs.port[0] = '\0';
	obs.devnum = devnum_of(of->log, hub);
	obs.hub_port = (uint8_t)strtoul(number + 1, NULL, 10);
	obs.hub_event = event;
	obs.port_bits = bits;
	obs.link_state = state;
	if (obs.devnum > 0)
		emit(of, &obs);
}

/* "0x05ac/12a8/1102 (iPhone): …": the ids; @rest is what follows the name. */
static bool
take_device(struct ls_cursor *text, struct ls_device *device)
{
	uint64_t vid, pid, release;
	const char *end;

	if (!ls_take_literal(text, "0x") || !ls_take_hex(text, UINT16_MAX, &vid) ||
	    !ls_take_char(text, '/') || !ls_take_hex(text, UINT16_MAX, &pid) ||
	    !ls_take_char(text, '/') || !ls_take_hex(text, UINT16_MAX, &release))
		return false;
	*device = (struct ls_device){
		.vid = (uint16_t)vid,
		.pid = (uint16_t)pid,
		.bcd_device = (uint16_t)release,
	};
	if (!ls_take_literal(text, " ("))
		return true;
	end = memmem(text->at, ls_cursor_left(text), "): ", 3);
	if (!end)
		end = memmem(text->at, ls_cursor_left(text), ") at ", 5);
	if (!end)
		return true;
	/* "iPhone / 12": a number of macOS behind the name */
	for (const char *slash = end; slash > text->at; slash--)
		if (end - slash > 2 && memcmp(slash, " / ", 3) == 0) {
			text->end = text->end > end ? text->end : end;
			ls_text_clean(device->product, sizeof(device->product), text->at,
				      (size_t)(slash - text->at));
			break;
		}
	if (!device->product[0]) {
		struct ls_cursor name =
			ls_cursor_trim(ls_cursor_of(text->at, (size_t)(end - text->at)));

		ls_text_clean(device->product, sizeof(device->product), name.at,
			      ls_cursor_left(&name));
	}
	text->at = end + 1;
	return true;
}

static enum ls_speed
speed_of(struct ls_cursor text)
{
	static const struct {
		const char *text;
		enum ls_speed speed;
	} speeds[] = {
		{ "1.5 Mb", LS_SPEED_LOW },	  { "12 Mb", LS_SPEED_FULL },
		{ "480 Mb", LS_SPEED_HIGH },	  { "5 Gb", LS_SPEED_SUPER },
		{ "10 Gb", LS_SPEED_SUPER_PLUS }, { "20 Gb", LS_SPEED_SUPER_PLUS },
		{ "5000 Mb", LS_SPEED_SUPER },	  { "10000 Mb", LS_SPEED_SUPER_PLUS },
	};

	if (!ls_take_literal(&text, " at "))
		return LS_SPEED_UNKNOWN;
	for (size_t i = 0; i < LS_COUNT(speeds); i++)
		if (ls_take_literal(&text, speeds[i].text))
			return speeds[i].speed;
	return LS_SPEED_UNKNOWN;
}

/* "enumerated 0x05ac/12a8/1102 (iPhone / 12) at 480 Mbps" */
static void
on_enumerated(const struct statement *of, struct ls_cursor text)
{
	struct ls_observation obs = observation(of, LS_OBS_ENUMERATING);
	struct ls_device device;

	if (!take_device(&text, &device))
		return;
	device.speed = speed_of(text);
	obs.devnum = give_devnum(of->log, of->port);
	obs.device = &device;
	emit(of, &obs);
	obs.kind = LS_OBS_FOUND;
	emit(of, &obs);
	obs.kind = LS_OBS_STRING;
	if (device.product[0])
		emit(of, &obs);
}

static void
emit_kind(const struct statement *of, enum ls_obs_kind kind)
{
	struct ls_observation obs = observation(of, kind);

	emit(of, &obs);
}

static void
emit_failed_start(const struct statement *of, enum ls_enum_step step)
{
	struct ls_observation obs = observation(of, LS_OBS_ENUM_FAILED);

	obs.step = step;
	emit(of, &obs);
}

/* What the reasons of macOS say beside that the device is gone. */
static void
emit_reason(const struct statement *of, struct ls_cursor reason)
{
	if (ls_take_literal(&reason, "hardware connection lost"))
		emit_hub(of, LS_HUB_PORT_STATUS, LS_PORT_C_CONNECTION, LS_LINK_UNKNOWN);
	else if (ls_take_literal(&reason, "connect change interrupt"))
		emit_hub(of, LS_HUB_PORT_STATUS, LS_PORT_C_CONNECTION | LS_PORT_CONNECTED,
			 LS_LINK_UNKNOWN);
	else if (ls_take_literal(&reason, "link change interrupt"))
		emit_hub(of, LS_HUB_PORT_STATUS, LS_PORT_CONNECTED, LS_LINK_INACTIVE);
	else if (ls_take_literal(&reason, "port is powering off"))
		emit_hub(of, LS_HUB_POWER_OFF, 0, LS_LINK_UNKNOWN);
	else if (ls_take_literal(&reason, "enumeration failure"))
		emit_failed_start(of, LS_STEP_OTHER);
	else if (ls_take_literal(&reason, "reset API call") ||
		 ls_take_literal(&reason, "re-enumerate"))
		emit_kind(of, LS_OBS_REMOVED);
}

/* "destroying 0x05ac/12a8/1102 (iPhone): hardware connection lost" */
static void
on_destroyed(const struct statement *of, struct ls_cursor text)
{
	struct ls_observation obs = observation(of, LS_OBS_DISCONNECTED);
	struct ls_device device;

	if (!take_device(&text, &device))
		return;
	if (ls_take_literal(&text, ": "))
		emit_reason(of, text);
	obs.devnum = devnum_of(of->log, of->port);
	emit(of, &obs);
}

/* "0xe00002ed (transaction error): 0 bytes transferred": IOReturn.h and IOUSBHostFamily's own */
static void
on_status(const struct statement *of, struct ls_cursor text)
{
	static const struct {
		uint32_t code;
		int status; /* what Linux says; 0: says nothing of the link */
	} codes[] = {
		{ 0xe00002ed, -EPROTO },    { 0xe00002d6, -ETIMEDOUT }, { 0xe0004051, -ETIMEDOUT },
		{ 0xe00002e8, -EOVERFLOW }, { 0xe00002ee, -EPROTO },
	};
	struct ls_observation obs = observation(of, LS_OBS_TRANSFER_ERRORS);
	uint64_t code;

	if (!ls_take_literal(&text, "0x") || !ls_take_hex(&text, UINT32_MAX, &code))
		return;
	for (size_t i = 0; i < LS_COUNT(codes); i++)
		if (codes[i].code == code)
			obs.status = codes[i].status;
	obs.n_failed = 1;
	obs.n_timeouts = obs.status == -ETIMEDOUT;
	if (obs.status)
		emit(of, &obs);
}

/* ---- statements ---------------------------------------------------------------------------- */

enum scope { OF_PORT, OF_MAC };

static const struct marker {
	const char *text;
	enum scope scope;
	void (*read)(const struct statement *of, struct ls_cursor text); /* NULL: the next two */
	enum ls_obs_kind kind;
	enum ls_enum_step step;
} markers[] = {
	{ "terminateDevice: destroying ", OF_PORT, on_destroyed, 0, 0 },
	{ ": enumerated ", OF_PORT, on_enumerated, 0, 0 },
	{ ": status ", OF_PORT, on_status, 0, 0 },
	{ "persistent enumeration failures", OF_PORT, NULL, LS_OBS_ENUM_GAVE_UP, 0 },
	{ "failed to address device", OF_PORT, NULL, LS_OBS_ENUM_FAILED, LS_STEP_ADDRESS },
	{ "failed to get device descriptor", OF_PORT, NULL, LS_OBS_ENUM_FAILED,
	  LS_STEP_DESCRIPTOR },
	{ "failed to read device descriptor", OF_PORT, NULL, LS_OBS_ENUM_FAILED,
	  LS_STEP_DESCRIPTOR },
	{ "reset did not enable port", OF_PORT, NULL, LS_OBS_ENUM_FAILED, LS_STEP_ENABLE },
	{ "failed to create device", OF_PORT, NULL, LS_OBS_ENUM_FAILED, LS_STEP_OTHER },
	{ "over-current condition", OF_PORT, NULL, LS_OBS_OVER_CURRENT, 0 },
	{ "overcurrent condition", OF_PORT, NULL, LS_OBS_OVER_CURRENT, 0 },
	{ "Entering Sleep state", OF_MAC, NULL, LS_OBS_SLEEP, 0 },
	{ "Wake reason: ", OF_MAC, NULL, LS_OBS_WAKE, 0 },
};

/* The first one in @text, or NULL; *ret_at is where. */
static const struct marker *
find_marker(const struct ls_cursor *text, const char **ret_at)
{
	const struct marker *first = NULL;

	for (size_t i = 0; i < LS_COUNT(markers); i++) {
		const char *at = memmem(text->at, ls_cursor_left(text), markers[i].text,
					strlen(markers[i].text));

		if (at && (!first || at < *ret_at)) {
			first = &markers[i];
			*ret_at = at;
		}
	}
	return first;
}

/* 0x14720000 as "20-7.2" */
static bool
port_of_location(uint32_t location, char port[LS_PORT_NAME_MAX])
{
	unsigned int bus = location >> 24;
	size_t len;

	bus = bus ? bus : 256;
	if (!(location << 8)) {
		snprintf(port, LS_PORT_NAME_MAX, "usb%u", bus);
		return true;
	}
	len = (size_t)snprintf(port, LS_PORT_NAME_MAX, "%u-", bus);
	for (uint32_t rest = location << 8; rest; rest <<= 4)
		len += (size_t)snprintf(port + len, LS_PORT_NAME_MAX - len, "%s%u",
					port[len - 1] == '-' ? "" : ".", rest >> 28);
	return ls_port_name_valid(port);
}

/* The last "NAME@14720000" in @text; *ret_name is where the name may begin. */
static bool
find_location(struct ls_cursor text, char port[LS_PORT_NAME_MAX], const char **ret_name)
{
	for (const char *at = text.end; at-- > text.at;) {
		struct ls_cursor digits = ls_cursor_of(at + 1, (size_t)(text.end - at - 1));
		uint64_t location;

		if (*at != '@')
			continue;
		(void)ls_take_literal(&digits, "0x");
		if (!ls_take_hex(&digits, UINT32_MAX, &location) ||
		    digits.at - at < LOCATION_DIGITS + 1 ||
		    !port_of_location((uint32_t)location, port))
			continue;
		while (at > text.at && !isspace((unsigned char)at[-1]))
			at--;
		*ret_name = at;
		return true;
	}
	return false;
}

/* "000644.572511 HS11@…": seconds since the Mac started, of the kernel itself. */
static bool
find_uptime(struct ls_cursor text, struct ls_log_stamp *stamp)
{
	for (const char *at = text.at; text.end - at > 14; at++) {
		struct ls_cursor digits = ls_cursor_of(at, (size_t)(text.end - at));
		uint64_t seconds, us;
		const char *point;

		if ((at > text.at && isdigit((unsigned char)at[-1])) ||
		    !ls_take_uint(&digits, UINT32_MAX, &seconds) || digits.at - at < 6)
			continue;
		point = digits.at;
		if (!ls_take_char(&digits, '.') || !ls_take_uint(&digits, 999999, &us) ||
		    digits.at - point != 7 || !ls_take_char(&digits, ' '))
			continue;
		stamp->has_mono = true;
		stamp->mono_us = seconds * LS_SEC + us;
		return true;
	}
	return false;
}

/* What stands at the front of a line, or in its JSON. */
static void
take_stamp(struct ls_cursor line, struct ls_log_stamp *stamp)
{
	static const char key[] = "\"timestamp\"";
	struct ls_log_head head = { .owner = LS_LOG_NOBODY };
	const char *at = memmem(line.at, ls_cursor_left(&line), key, sizeof(key) - 1);

	if (at)
		line.at = at + sizeof(key) - 1;
	while (ls_take_spaces(&line) > 0 || (at && ls_take_char(&line, ':')) ||
	       (at && ls_take_char(&line, '"')))
		;
	if (ls_log_take_date(&line, stamp))
		return;
	if (ls_log_take_bracket(&line, &head))
		*stamp = head.stamp;
}

static void
read_statement(struct ls_log_macos *log, const struct marker *marker, struct ls_cursor before,
	       struct ls_cursor text)
{
	struct statement of = { .log = log };
	const char *name = before.at;
	bool placed = find_location(before, of.port, &name);

	if (!placed && marker->scope == OF_PORT)
		memcpy(of.port, log->last_port, sizeof(of.port));
	if (marker->scope == OF_PORT && !of.port[0])
		return;
	if (marker->scope == OF_MAC)
		of.port[0] = '\0';
	else
		memcpy(log->last_port, of.port, sizeof(of.port));
	ls_text_clean(of.text, sizeof(of.text), name, (size_t)(text.end - name));
	log->summary.usb_lines++;
	text.at += strlen(marker->text);
	if (marker->read)
		marker->read(&of, text);
	else if (marker->kind == LS_OBS_ENUM_FAILED)
		emit_failed_start(&of, marker->step);
	else
		emit_kind(&of, marker->kind);
}

/* Where a statement ends: at the stamp of the next one, or at the end of the line. */
static const char *
end_of_statement(struct ls_cursor text)
{
	for (const char *at = text.at; text.end - at > 14; at++) {
		struct ls_log_stamp stamp;
		struct ls_cursor rest = ls_cursor_of(at, 15);

		if (isdigit((unsigned char)*at) && find_uptime(rest, &stamp) &&
		    (at == text.at || !isdigit((unsigned char)at[-1])))
			return at;
	}
	return text.end;
}

/* JSON of macOS has "0x05ac\/12a8". Returns the length that is left. */
static size_t
unescape_slashes(char *text, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (text[i] != '\\' || i + 1 == len || text[i + 1] != '/')
			text[n++] = text[i];
	return n;
}

static void
read_line(struct ls_log_macos *log)
{
	char clean[LS_LOG_CLEAN_MAX];
	size_t len = unescape_slashes(clean, ls_log_clean(clean, log->line, log->len));
	struct ls_cursor line = ls_cursor_of(clean, len), rest = line, uptime = line;
	struct ls_log_stamp stamp = { .date = LS_LOG_NO_DATE };
	const struct marker *marker;
	const char *at = NULL;

	marker = find_marker(&rest, &at);
	if (!marker)
		return;
	take_stamp(line, &stamp);
	uptime.end = at;
	if (!stamp.has_mono)
		(void)find_uptime(uptime, &stamp);
	log->at = ls_log_clock_place(&log->clock, &stamp);
	while (marker) {
		struct ls_cursor before = ls_cursor_of(rest.at, (size_t)(at - rest.at));
		struct ls_cursor text = ls_cursor_of(at, (size_t)(rest.end - at));

		text.end = end_of_statement(text);
		read_statement(log, marker, before, text);
		rest.at =
			at + strlen(marker->text) < text.end ? at + strlen(marker->text) : text.end;
		marker = find_marker(&rest, &at);
	}
}

/* ---- bytes --------------------------------------------------------------------------------- */

bool
ls_log_macos_is_one(const char *bytes, size_t len)
{
	static const char *const signs[] = {
		"AppleUSBHostPort::",	"(IOUSBHostFamily)",   "AppleUSBIORequest",
		"AppleUSB20HubPort",	"AppleUSB30HubPort",   "AppleUSB20XHCIPort",
		"AppleUSB30XHCIPort",	"com.apple.usb",       "AppleUSBHostController",
		"Thread     Type     ", "Ty Process[PID:TID]",
	};

	for (size_t i = 0; i < LS_COUNT(signs); i++)
		if (memmem(bytes, len, signs[i], strlen(signs[i])))
			return true;
	return false;
}

int
ls_log_macos_new(const struct ls_log_text_options *options, ls_observation_fn observe, void *user,
		 struct ls_log_macos **ret)
{
	struct ls_log_macos *log = calloc(1, sizeof(*log));

	if (!log)
		return -ENOMEM;
	ls_log_clock_init(&log->clock, options ? options->utc_offset_us : 0,
			  options ? options->year : 0);
	log->observe = observe;
	log->user = user;
	log->next_devnum = 1;
	*ret = log;
	return 0;
}

void
ls_log_macos_free(struct ls_log_macos *log)
{
	free(log);
}

uint32_t
ls_log_macos_boot(const struct ls_log_macos *log)
{
	return log->clock.boots - 1;
}

static void
read_all_of_line(struct ls_log_macos *log)
{
	log->summary.cut_lines += log->cut;
	if (log->len > 0)
		read_line(log);
	log->len = log->begun = 0;
	log->cut = false;
}

/* "{", "[{", "},{", "}," and "}]" stand alone between objects of many lines; those within are
 * indented. */
static bool
is_brace(const char *line, size_t len)
{
	struct ls_cursor text = ls_cursor_trim(ls_cursor_of(line, len));

	return ls_cursor_left(&text) > 0 && text.at == line && ls_cursor_left(&text) <= 4 &&
	       strspn(text.at, "[]{}, \r") >= ls_cursor_left(&text) &&
	       (ls_cursor_contains(&text, "{") || ls_cursor_contains(&text, "}"));
}

static void
end_line(struct ls_log_macos *log)
{
	log->summary.lines++;
	log->line[log->len] = '\0';
	if (is_brace(log->line + log->begun, log->len - log->begun)) {
		log->in_object = memchr(log->line + log->begun, '{', log->len - log->begun);
		log->len = log->begun;
		read_all_of_line(log);
	} else if (log->in_object && log->len < LINE_MAX_BYTES) {
		log->line[log->len++] = ' ';
		log->begun = log->len;
	} else {
		read_all_of_line(log);
	}
}

void
ls_log_macos_feed(struct ls_log_macos *log, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			end_line(log);
		else if (log->len < LINE_MAX_BYTES)
			log->line[log->len++] = bytes[i];
		else
			log->cut = true;
	}
}

void
ls_log_macos_finish(struct ls_log_macos *log, struct ls_log_text_summary *ret)
{
	const struct ls_log_clock *clock = &log->clock;

	if (log->len > log->begun)
		end_line(log);
	read_all_of_line(log);
	*ret = log->summary;
	ls_text_format(ret->format, sizeof(ret->format), "macos-log");
	ret->boots = clock->boots;
	ret->dated = clock->dated;
	ret->of_day = clock->of_day && !clock->dated && !clock->has_boot_clock;
	ret->last = log->at;
}
