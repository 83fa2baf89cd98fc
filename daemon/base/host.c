#include "daemon/base/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <systemd/sd-id128.h>

#include "daemon/base/small_file.h"
#include "lib/observe/host_context.h"
#include "lib/base/text.h"

void
host_read(struct host *ret)
{
	/* Of this program: the same computer has another id for every application id. */
	const sd_id128_t application =
		SD_ID128_MAKE(6d, 1c, 3f, 0c, 52, a8, 4b, 6e, 9a, 27, 84, 1d, e0, 73, b5, 9f);
	char name[65] = "";
	sd_id128_t id;

	*ret = (struct host){ 0 };
	if (gethostname(name, sizeof(name) - 1) < 0)
		name[0] = '\0';
	ls_text_clean(ret->name, sizeof(ret->name), name, strlen(name));
	if (sd_id128_get_machine_app_specific(application, &id) >= 0)
		(void)sd_id128_to_string(id, ret->id);
}

int
host_read_boot_id(char *id, size_t size)
{
	if (small_file_read(id, size, "/proc/sys/kernel/random/boot_id") == 0)
		return -EIO;
	id[strcspn(id, "\n")] = '\0';
	return 0;
}

#define DMI "%s/sys/class/dmi/id/%s"

/* Attribute @name of the firmware's tables, after what is there already. */
static void
append_dmi(const char *root, const char *name, char text[HOST_TEXT_MAX])
{
	char raw[HOST_TEXT_MAX], clean[HOST_TEXT_MAX];
	size_t len = small_file_read(raw, sizeof(raw), DMI, root, name);
	size_t before = strlen(text);

	while (len > 0 && (raw[len - 1] == '\n' || raw[len - 1] == ' '))
		len--;
	if (len == 0 || before + 16 > HOST_TEXT_MAX)
		return;
	ls_text_clean(clean, sizeof(clean), raw, len);
	ls_text_format(text + before, HOST_TEXT_MAX - before, "%s%s", before ? " " : "", clean);
}

static void
append_all(const char *root, const char *const names[], char text[HOST_TEXT_MAX])
{
	text[0] = '\0';
	for (; *names; names++)
		append_dmi(root, *names, text);
}

void
host_read_machine(const char *root, struct host_machine *ret)
{
	static const char *const model[] = { "sys_vendor", "product_name", NULL };
	static const char *const bios[] = { "bios_vendor", "bios_version", "bios_date", NULL };
	char raw[HOST_TEXT_MAX];
	struct utsname name;
	size_t len;

	*ret = (struct host_machine){ .usbfs_memory_mb = -1 };
	if (uname(&name) == 0) {
		snprintf(raw, sizeof(raw), "%s %s %s", name.sysname, name.release, name.machine);
		ls_text_clean(ret->kernel, sizeof(ret->kernel), raw, strlen(raw));
	}
	append_all(root, model, ret->model);
	append_all(root, bios, ret->bios);
	if (!ret->model[0]) { /* boards without such tables; it ends with NUL */
		(void)small_file_read(raw, sizeof(raw), "%s/proc/device-tree/model", root);
		ls_text_clean(ret->model, sizeof(ret->model), raw, strlen(raw));
	}
	len = small_file_read(raw, sizeof(raw), "%s/sys/module/usbcore/parameters/usbfs_memory_mb",
			      root);
	(void)ls_host_number_parse(raw, len, &ret->usbfs_memory_mb);
}
