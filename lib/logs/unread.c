#include "lib/logs/unread.h"

#include "lib/base/text.h"
#include "lib/observe/kernel_prefix.h"

static bool
contains_one_of(const struct ls_cursor *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ls_cursor_contains(text, words[i]))
			return true;
	return false;
}

/* "usbcore: registered new interface driver usbhid": a module, which is not about any link. */
static bool
is_of_module(struct ls_cursor text)
{
	struct ls_cursor word = ls_take_until(&text, ' ');

	return ls_cursor_contains(&text, "registered") ||
	       (ls_cursor_left(&word) > 0 && word.end[-1] == ':' &&
		ls_cursor_contains(&text, "Driver"));
}

/* Programs print much about USB; of theirs only what the kernel itself would say. */
static bool
names_usb(enum ls_log_owner owner, struct ls_cursor text)
{
	static const char *const names[] = { "usb",	 "USB",	 "Usb",	   "xhci",
					     "idVendor", "urb ", "dwc_otg" };
	static const char *const messages[] = { "USB disconnect", "USB device number",
						"New USB device", "descriptor read/" };

	if (owner == LS_LOG_OTHER)
		return contains_one_of(&text, messages, LS_COUNT(messages));
	if (ls_kernel_has_prefix(text)) /* "cdc_acm 1-2:1.0: " */
		return true;
	return contains_one_of(&text, names, LS_COUNT(names)) && !is_of_module(text);
}

void
ls_log_unread_add(struct ls_log_unread *unread, enum ls_log_owner owner, struct ls_cursor text,
		  struct ls_cursor line)
{
	if (!names_usb(owner, text))
		return;
	if (unread->n++ == 0)
		ls_text_clean(unread->first, sizeof(unread->first), line.at, ls_cursor_left(&line));
}
