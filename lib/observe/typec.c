#include "lib/observe/typec.h"

#include <string.h>

#include "lib/base/cursor.h"

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

void
ls_typec_word(const char *text, size_t len, char ret[LS_TYPEC_WORD_MAX])
{
	struct ls_cursor cur = ls_cursor_of(text, len);
	struct ls_cursor inner = cur;
	size_t n = 0;

	(void)ls_take_until(&inner, '[');
	if (ls_take_char(&inner, '['))
		cur = inner;
	while (n < ls_cursor_left(&cur) && n < LS_TYPEC_WORD_MAX && is_plain(cur.at[n]))
		n++;
	if (n == LS_TYPEC_WORD_MAX ||
	    (n < ls_cursor_left(&cur) && cur.at[n] != ']' && cur.at[n] != ' ' && cur.at[n] != '\n'))
		n = 0;
	memcpy(ret, cur.at, n);
	ret[n] = '\0';
}

uint32_t
ls_typec_object(const char *text, size_t len)
{
	struct ls_cursor cur = ls_cursor_of(text, len);
	uint64_t value;

	if (!ls_take_literal(&cur, "0x") || !ls_take_hex(&cur, UINT32_MAX, &value))
		return 0;
	(void)ls_take_char(&cur, '\n');
	return ls_cursor_left(&cur) ? 0 : (uint32_t)value;
}

uint16_t
ls_typec_vid(uint32_t id_header)
{
	return (uint16_t)(id_header & 0xffff);
}

uint16_t
ls_typec_pid(uint32_t product)
{
	return (uint16_t)(product >> 16);
}

void
ls_typec_cable_vdo(uint32_t vdo1, struct ls_typec_cable *cable)
{
	static const char *const speeds[8] = {
		"USB 2.0, 480 Mb/s",
		"USB 3.2 Gen 1, 5 Gb/s",
		"USB 3.2 Gen 2, 10 Gb/s",
		"USB4 Gen 3, 40 Gb/s",
		"USB4 Gen 4, 80 Gb/s",
		"",
		"",
		"",
	};
	static const uint16_t currents_ma[4] = { 0, 3000, 5000, 0 };

	cable->speed = vdo1 ? speeds[vdo1 & 7] : "";
	cable->current_ma = vdo1 ? currents_ma[vdo1 >> 5 & 3] : 0;
}
