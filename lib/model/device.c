#include <string.h>

#include "lib/model/device.h"
#include "lib/base/text.h"

enum ls_device_match
ls_device_compare(const struct ls_device *before, const struct ls_device *after)
{
	bool serials = before->serial[0] && after->serial[0];
	bool same_serial = serials && strcmp(before->serial, after->serial) == 0;

	if (!before->vid || !after->vid)
		return LS_MATCH_UNKNOWN;
	if (before->vid != after->vid)
		return same_serial ? LS_MATCH_OTHER_MODE : LS_MATCH_OTHER;
	if (before->pid != after->pid)
		return LS_MATCH_OTHER_MODE;
	if (serials && !same_serial)
		return LS_MATCH_OTHER;
	if (before->bcd_device && after->bcd_device && before->bcd_device != after->bcd_device)
		return LS_MATCH_OTHER_MODE;
	return same_serial ? LS_MATCH_SAME : LS_MATCH_SAME_MODEL;
}

static void
merge_string(char dst[LS_STRING_MAX], const char src[LS_STRING_MAX])
{
	if (src[0])
		memcpy(dst, src, LS_STRING_MAX);
}

#define MERGE(field)                                                                               \
	do {                                                                                       \
		if (news->field)                                                                   \
			device->field = news->field;                                               \
	} while (0)

void
ls_device_merge(struct ls_device *device, const struct ls_device *news)
{
	MERGE(vid);
	MERGE(pid);
	MERGE(bcd_device);
	MERGE(device_class);
	MERGE(n_configurations);
	MERGE(i_manufacturer);
	MERGE(i_product);
	MERGE(i_serial);
	MERGE(n_endpoints);
	MERGE(n_ports);
	MERGE(max_power_ma);
	MERGE(speed);
	MERGE(remote_wakeup);
	if (news->n_interfaces) {
		device->n_interfaces = news->n_interfaces;
		memcpy(device->interfaces, news->interfaces, sizeof(device->interfaces));
	}
	merge_string(device->serial, news->serial);
	merge_string(device->product, news->product);
	merge_string(device->manufacturer, news->manufacturer);
}

void
ls_device_describe(const struct ls_device *device, char *text, size_t size)
{
	if (device->product[0] && device->vid)
		ls_text_format(text, size, "%s (%04x:%04x)", device->product, device->vid,
			       device->pid);
	else if (device->product[0])
		ls_text_copy(text, size, device->product);
	else if (device->vid)
		ls_text_format(text, size, "%04x:%04x", device->vid, device->pid);
	else
		ls_text_format(text, size, "a device");
}
