#include "lib/observe/kernel_prefix.h"

#include "lib/base/port.h"

#define NOISE_MAX 48 /* bytes of a word */

static bool
is_word(const struct ls_cursor *word, const char *text)
{
	return ls_cursor_left(word) == strlen(text) && memcmp(word->at, text, strlen(text)) == 0;
}

static bool
is_one_of(const struct ls_cursor *word, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_word(word, words[i]))
			return true;
	return false;
}

static bool
is_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

bool
ls_kernel_is_controller_driver(const struct ls_cursor *word)
{
	static const char *const parts[] = { "xhci", "ehci", "ohci", "uhci", "hcd",  "dwc",
					     "dwc2", "dwc3", "otg",  "hdrc", "xusb", "musb" };
	struct ls_cursor part = { word->at, word->at };

	for (; part.end <= word->end; part.end++) {
		if (part.end < word->end && !is_separator(*part.end))
			continue;
		if (is_one_of(&part, parts, LS_COUNT(parts)))
			return true;
		part.at = part.end + 1;
	}
	return false;
}

/* "0000:00:14.0" */
static bool
is_pci_address(struct ls_cursor word)
{
	uint64_t number;

	return ls_take_hex(&word, UINT32_MAX, &number) && ls_take_char(&word, ':') &&
	       ls_take_hex(&word, UINT8_MAX, &number) && ls_take_char(&word, ':') &&
	       ls_take_hex(&word, UINT8_MAX, &number) && ls_take_char(&word, '.') &&
	       ls_take_uint(&word, UINT8_MAX, &number) && ls_cursor_left(&word) == 0;
}

/* "3f980000.usb", as device trees name it. */
static bool
is_platform_name(struct ls_cursor word)
{
	uint64_t number;

	if (ls_take_hex(&word, UINT64_MAX, &number) && ls_take_char(&word, '.'))
		return ls_cursor_left(&word) > 0 && (*word.at < '0' || *word.at > '9');
	return false;
}

bool
ls_kernel_is_controller_name(const struct ls_cursor *word)
{
	return is_pci_address(*word) || is_platform_name(*word) ||
	       ls_kernel_is_controller_driver(word);
}

/* Drivers of whole devices and their ports; those of interfaces may be any. */
static bool
is_device_driver(const struct ls_cursor *word)
{
	static const char *const drivers[] = { "usb", "hub", "usbip-host", "apple-mfi-fastcharge",
					       "r8152-cfgselector" };

	return is_one_of(word, drivers, LS_COUNT(drivers));
}

bool
ls_kernel_has_prefix(struct ls_cursor text)
{
	struct ls_cursor driver = ls_take_until(&text, ' ');
	char port[LS_PORT_NAME_MAX];
	struct ls_cursor name;

	ls_take_spaces(&text);
	name = ls_take_until(&text, ' ');
	if (ls_cursor_left(&driver) == 0 || ls_cursor_left(&name) < 2 || name.end[-1] != ':')
		return false;
	name.end--;
	if (ls_port_from_kernel(name.at, ls_cursor_left(&name), port) == 1)
		return is_device_driver(&driver) || ls_cursor_contains(&name, ":");
	return ls_kernel_is_controller_driver(&driver) && ls_kernel_is_controller_name(&name);
}

/* "[hub_event]", "(null)", "<usb_disconnect>", "hub_event()", "usbcore:hub_event:2245" */
static bool
is_noise(struct ls_cursor word)
{
	static const char open[] = "[(<", close[] = "])>";
	const char *bracket = memchr(open, *word.at, sizeof(open) - 1);

	if (bracket)
		return word.end[-1] == close[bracket - open];
	for (const char *at = word.at; at < word.end; at++)
		if (!strchr("_:()", *at) && !(*at >= '0' && *at <= '9') &&
		    !((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z'))
			return false;
	return ls_cursor_contains(&word, "_") || ls_cursor_contains(&word, "()");
}

bool
ls_kernel_take_noise(struct ls_cursor *text)
{
	struct ls_cursor next = *text;
	struct ls_cursor word = ls_take_until(&next, ' ');
	bool colon = ls_cursor_left(&word) > 1 && word.end[-1] == ':';

	if (ls_cursor_left(&word) < 2 + (size_t)colon || ls_cursor_left(&word) > NOISE_MAX)
		return false;
	word.end -= colon;
	if (!is_noise(word) || (!colon && !strchr("[(<", *word.at)))
		return false;
	ls_take_spaces(&next);
	*text = next;
	return true;
}

struct ls_cursor
ls_kernel_skip_noise(struct ls_cursor text)
{
	struct ls_cursor next = text;

	while (ls_kernel_take_noise(&next))
		if (ls_kernel_has_prefix(next))
			return next;
	return text;
}
