/* What needs no table: comparing two devices, and two identities. */
#include <string.h>

#include "lib/families/internal.h"

enum ls_kinship
ls_families_kinship(const char *before, const char *after)
{
	const char *colon = strchr(before, ':');
	size_t prefix;

	colon = colon ? strchr(colon + 1, ':') : NULL;
	if (!colon)
		return LS_KIN_UNKNOWN;
	prefix = (size_t)(colon - before) + 1;
	if (strncmp(before, after, prefix) != 0)
		return LS_KIN_UNKNOWN;
	return strcmp(before, after) == 0 ? LS_KIN_SAME : LS_KIN_OTHER;
}

/* What the text is made of: the same format means another number of the same kind. */
static unsigned int
alphabet(const char *text)
{
	unsigned int kinds = 0;

	for (; *text; text++) {
		if (*text >= '0' && *text <= '9')
			kinds |= 1;
		else if ((*text >= 'a' && *text <= 'f') || (*text >= 'A' && *text <= 'F'))
			kinds |= 2;
		else if ((*text >= 'g' && *text <= 'z') || (*text >= 'G' && *text <= 'Z'))
			kinds |= 4;
		else
			kinds |= 8;
	}
	return kinds;
}

/* Digits alone may be hexadecimal by chance, so they go with those. */
static bool
same_format(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && (alphabet(a) | 3) == (alphabet(b) | 3);
}

static bool
has(const struct ls_device *device, const struct ls_interface *wanted)
{
	for (size_t i = 0; i < device->n_interfaces && i < LS_INTERFACES_MAX; i++) {
		const struct ls_interface *one = &device->interfaces[i];

		if (one->class == wanted->class && one->subclass == wanted->subclass &&
		    one->protocol == wanted->protocol)
			return true;
	}
	return false;
}

static bool
includes(const struct ls_device *all, const struct ls_device *some)
{
	for (size_t i = 0; i < some->n_interfaces && i < LS_INTERFACES_MAX; i++) {
		if (!has(all, &some->interfaces[i]))
			return false;
	}
	return true;
}

static bool
other_interfaces(const struct ls_device *a, const struct ls_device *b)
{
	return a->n_interfaces && b->n_interfaces && !(includes(a, b) && includes(b, a));
}

/* Sources that know the string indices know all three. */
static bool
other_indices(const struct ls_device *a, const struct ls_device *b)
{
	bool a_known = a->i_manufacturer || a->i_product || a->i_serial;
	bool b_known = b->i_manufacturer || b->i_product || b->i_serial;

	return a_known && b_known &&
	       (a->i_manufacturer != b->i_manufacturer || a->i_product != b->i_product ||
		a->i_serial != b->i_serial);
}

static bool
both_differ(unsigned int a, unsigned int b)
{
	return a && b && a != b;
}

/* The first field that tells another mode of the same model, or NULL. */
static const char *
other_look(const struct ls_device *a, const struct ls_device *b)
{
	if (a->pid != b->pid)
		return "product id";
	/* 0 is a value, too, and that of many boot loaders; the kernel log of old kernels has none,
	 * but then no number of configurations either. */
	if (a->bcd_device != b->bcd_device &&
	    ((a->bcd_device && b->bcd_device) || (a->n_configurations && b->n_configurations)))
		return "device version";
	if (both_differ(a->n_configurations, b->n_configurations))
		return "number of configurations";
	if (other_interfaces(a, b))
		return "interfaces";
	if (other_indices(a, b))
		return "string indices";
	if (a->product[0] && b->product[0] && strcmp(a->product, b->product) != 0)
		return "product name";
	return NULL;
}

enum ls_change
ls_families_other_mode(const struct ls_device *before, const struct ls_device *after,
		       const char **what)
{
	bool serials = before->serial[0] && after->serial[0];
	bool same_serial = serials && strcmp(before->serial, after->serial) == 0;
	const char *look;

	*what = "";
	if (!before->vid || !after->vid)
		return LS_CHANGE_NONE;
	if (before->vid != after->vid) {
		*what = "vendor id";
		return same_serial ? LS_CHANGE_MODE : LS_CHANGE_VENDOR;
	}
	look = other_look(before, after);
	*what = look ? look : "";
	if (look || !serials || same_serial)
		return look ? LS_CHANGE_MODE : LS_CHANGE_NONE;
	*what = same_format(before->serial, after->serial) ? "serial number"
							   : "format of the serial number";
	return same_format(before->serial, after->serial) ? LS_CHANGE_SPECIMEN : LS_CHANGE_MODE;
}
