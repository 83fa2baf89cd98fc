#pragma once
/* Virtual USB devices over vhci_hcd: what the parts of the program vdev share. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VDEV_SOCKET	  "/run/vdev.sock"
#define VDEV_MAX_DEVICES  64
#define VDEV_MAX_UNITS	  126 /* UTF-16 code units that fit into a string descriptor */
#define HUB_ENDPOINT	  0x81
#define VDEV_COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { SPEED_FULL = 2, SPEED_HIGH = 3, SPEED_SUPER = 5 };

/* How an endpoint, or all of enumeration, misbehaves. */
struct fault {
	bool active;
	bool silent;	/* no answer at all; otherwise @status */
	int status;	/* negative errno that the URB completes with */
	uint32_t after; /* transfers that still succeed */
	uint32_t count; /* failures until it heals by itself; 0: never */
};

struct endpoint {
	uint64_t n_transfers, n_errors, bytes;
	struct fault fault;
};

struct text {
	uint16_t units[VDEV_MAX_UNITS];
	size_t length;
};

enum text_index { TEXT_NONE, TEXT_MANUFACTURER, TEXT_PRODUCT, TEXT_SERIAL, N_TEXTS };

/* One CMD_SUBMIT that the device has not answered. */
struct waiting {
	uint8_t header[48];
};

struct device {
	char name[64];
	unsigned controller,
		port; /* port counts from 0 within the controller's bus of that speed */
	int speed;
	uint16_t vid, pid, bcd_device, bcd_usb;
	uint8_t device_class[3], interface_class[3], config_value, attributes;
	unsigned power_ma;
	struct text texts[N_TEXTS];

	int fd; /* our end of the socket pair; -1: not plugged */
	uint8_t configured;
	bool silent;
	struct fault enumeration;
	struct endpoint endpoints[32]; /* index: number, +16 for IN; control is 0 */
	struct waiting *waiting;
	size_t n_waiting;
};

/* ---- vdev_descriptor.c ---- */

/* Fills @buffer with the answer to a standard GET_DESCRIPTOR; its length, or -EPIPE. */
int descriptor_get(const struct device *dev, uint16_t value, uint8_t *buffer, size_t size);

/* UTF-8 with the escapes \xHH, \uHHHH (one code unit each) and \\; 0 or -EINVAL. */
int text_parse(const char *escaped, struct text *ret);

/* ---- vdev_usbip.c ---- */

/* Plugs a device in. 0 or -errno; -EBUSY: the kernel has not let go of the port yet. */
int usbip_attach(struct device *dev);
void usbip_detach(struct device *dev);

/* Reads and answers one request. false: the kernel has hung up and the device is unplugged. */
bool usbip_serve(struct device *dev);

/* Answers what waited while the device was silent or broken. */
void usbip_flush(struct device *dev);

/* Index into device.endpoints of an endpoint address such as 0x81. */
unsigned endpoint_index(unsigned address);

/* ---- vdev_fault.c: status bits of a virtual root hub, set behind the kernel's back ---- */

/* Number of the bus that carries devices of @speed of vhci controller @controller, or -errno. */
int vhci_bus(unsigned controller, int speed);
int hub_feature(unsigned bus, unsigned port, bool set, unsigned feature);

/* A recipe by name ("emi", "over-current", …) on @port, counted from 1. 0 or -errno. */
int fault_inject(const char *recipe, unsigned bus, unsigned port);

/* ---- vdev_table.c ---- */
extern struct device *devices[VDEV_MAX_DEVICES];
extern size_t n_devices;

/* Its device class is that of hubs. */
bool device_is_hub(const struct device *dev);
struct device *device_find(const char *name);
struct device *device_create(const char *name); /* NULL: a bad name, or too many */
bool set_property(struct device *dev, const char *word);
bool parse_number(const char *text, int base, long min, long max, long *ret);

/* ---- vdev_server.c ---- */
int server_run(const char *socket_path);
