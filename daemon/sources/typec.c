#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/small_file.h"
#include "daemon/sources/typec.h"

static void
read_word(const char *dir, const char *name, char ret[LS_TYPEC_WORD_MAX])
{
	char text[64];
	size_t len = small_file_read(text, sizeof(text), "%s/%s", dir, name);

	ls_typec_word(text, len, ret);
}

static uint32_t
object(const char *dir, const char *name)
{
	char text[64];
	size_t len = small_file_read(text, sizeof(text), "%s/identity/%s", dir, name);

	return ls_typec_object(text, len);
}

static void
read_cable(const char *dir, struct ls_typec *ret)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return;
	ret->has_cable = true;
	read_word(dir, "type", ret->cable.type);
	read_word(dir, "plug_type", ret->cable.plug);
	ret->cable.vid = ls_typec_vid(object(dir, "id_header"));
	ret->cable.pid = ls_typec_pid(object(dir, "product"));
	ls_typec_cable_vdo(object(dir, "product_type_vdo1"), &ret->cable);
}

int
typec_read(const char *root, const char *port, struct ls_typec *ret)
{
	char dir[PATH_MAX - 64], target[PATH_MAX], part[PATH_MAX + 64];
	const char *name;
	ssize_t n;

	snprintf(dir, sizeof(dir), "%s/sys/bus/usb/devices/%s/port/connector", root, port);
	n = readlink(dir, target, sizeof(target) - 1);
	if (n <= 0)
		return 0;
	target[n] = '\0';
	name = strrchr(target, '/') ? strrchr(target, '/') + 1 : target;
	*ret = (struct ls_typec){ .cable.speed = "" };
	read_word(dir, "orientation", ret->orientation);
	read_word(dir, "power_role", ret->power_role);
	snprintf(part, sizeof(part), "%s/%.60s-partner", dir, name);
	ret->partner_vid = ls_typec_vid(object(part, "id_header"));
	ret->partner_pid = ls_typec_pid(object(part, "product"));
	snprintf(part, sizeof(part), "%s/%.60s-cable", dir, name);
	read_cable(part, ret);
	return 1;
}
