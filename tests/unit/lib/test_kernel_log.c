#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/observe/kernel_log.h"
#include "lib/observe/kernel_messages.h"

static int
parse(const char *text, struct ls_observation *obs, struct ls_device *device)
{
	print_message("%s\n", text);
	return ls_kernel_log_parse(text, strlen(text), obs, device);
}

struct port_case {
	const char *text, *port;
	enum ls_obs_kind kind;
	uint16_t devnum;
	enum ls_enum_step step;
	int status;
};

static void
check(const struct port_case *cases, size_t n_cases)
{
	for (size_t i = 0; i < n_cases; i++) {
		const struct port_case *want = &cases[i];
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(want->text, &obs, &device), 1);
		assert_int_equal(obs.source, LS_SOURCE_KERNEL_LOG);
		assert_int_equal(obs.kind, want->kind);
		assert_string_equal(obs.port, want->port);
		assert_int_equal(obs.devnum, want->devnum);
		assert_int_equal(obs.step, want->step);
		assert_int_equal(obs.status, want->status);
		assert_int_equal(obs.bus,
				 want->port[0] == 'u' ? want->port[3] - '0' : want->port[0] - '0');
		assert_string_equal(obs.controller, "");
		assert_string_equal(obs.text, want->text);
	}
}

static void
recognises_connects_and_disconnects(void **state)
{
	static const struct port_case cases[] = {
		{ "usb 1-1: new high-speed USB device number 5 using xhci_hcd", "1-1",
		  LS_OBS_ENUMERATING, 5, 0, 0 },
		{ "usb 3-2: new low-speed USB device number 9 using renesas xhci", "3-2",
		  LS_OBS_ENUMERATING, 9, 0, 0 },
		{ "usb 1-1: new high speed USB device using ehci_hcd and address 6", "1-1",
		  LS_OBS_ENUMERATING, 6, 0, 0 },
		{ "usb 1-1: new full speed USB device using address 7", "1-1", LS_OBS_ENUMERATING,
		  7, 0, 0 },
		{ "usb 2-1.4: USB disconnect, device number 127", "2-1.4", LS_OBS_DISCONNECTED, 127,
		  0, 0 },
		{ "r8152-cfgselector 2-1: USB disconnect, device number 8", "2-1",
		  LS_OBS_DISCONNECTED, 8, 0, 0 },
		{ "usb usb3: USB disconnect, device number 1", "usb3", LS_OBS_DISCONNECTED, 1, 0,
		  0 },
		{ "usb 4-2: USB disconnect, address 3", "4-2", LS_OBS_DISCONNECTED, 3, 0, 0 },
		/* Kernels of vendors, dynamic debug, and a message that lost its number. */
		{ "usb 4-2: [usb_disconnect] USB disconnect, device number 3", "4-2",
		  LS_OBS_DISCONNECTED, 3, 0, 0 },
		{ "usbcore:usb_disconnect:2245: usb 4-2: USB disconnect, device number 3", "4-2",
		  LS_OBS_DISCONNECTED, 3, 0, 0 },
		{ "usb 4-2: USB disconnect", "4-2", LS_OBS_DISCONNECTED, 0, 0, 0 },
		{ "usb 2-3: reset SuperSpeed Plus Gen 2x1 USB device number 4 using xhci_hcd",
		  "2-3", LS_OBS_RESET, 4, 0, 0 },
		{ "usb 2-3: reset high speed USB device using ehci_hcd and address 4", "2-3",
		  LS_OBS_RESET, 4, 0, 0 },
		{ "usb 1-4: device firmware changed", "1-4", LS_OBS_FIRMWARE_CHANGED, 0, 0, 0 },
		{ "usb 1-4: authorized to connect", "1-4", LS_OBS_AUTHORISED, 0, 0, 0 },
		{ "usb usb2: root hub lost power or was reset", "usb2", LS_OBS_ROOT_HUB_LOST_POWER,
		  0, 0, 0 },
	};

	(void)state;
	check(cases, LS_COUNT(cases));
}

static void
recognises_failed_enumeration(void **state)
{
	static const struct port_case cases[] = {
		{ "usb 1-1: device descriptor read/64, error -71", "1-1", LS_OBS_ENUM_FAILED, 0,
		  LS_STEP_DESCRIPTOR, -71 },
		{ "usb 1-1: device descriptor read/all, error -110", "1-1", LS_OBS_ENUM_FAILED, 0,
		  LS_STEP_DESCRIPTOR, -110 },
		{ "usb 1-1: device not accepting address 12, error -71", "1-1", LS_OBS_ENUM_FAILED,
		  12, LS_STEP_ADDRESS, -71 },
		{ "usb 1-1: Device not responding to setup address.", "1-1", LS_OBS_ENUM_FAILED, 0,
		  LS_STEP_ADDRESS, 0 },
		{ "usb 1-1: unable to read config index 0 descriptor/start: -61", "1-1",
		  LS_OBS_ENUM_FAILED, 0, LS_STEP_CONFIG, -61 },
		{ "usb 1-1: unable to read config index 0 descriptor/all", "1-1",
		  LS_OBS_ENUM_FAILED, 0, LS_STEP_CONFIG, 0 },
		{ "usb 1-1: can't set config #1, error -32", "1-1", LS_OBS_ENUM_FAILED, 0,
		  LS_STEP_CONFIG, -32 },
		{ "usb 1-1: can't restore configuration #1 (error=-71)", "1-1", LS_OBS_ENUM_FAILED,
		  0, LS_STEP_CONFIG, -71 },
		{ "usb usb1-port2: Cannot enable. Maybe the USB cable is bad?", "1-2",
		  LS_OBS_ENUM_FAILED, 0, LS_STEP_ENABLE, 0 },
		{ "hub 1-0:1.0: Cannot enable port 2.  Maybe the USB cable is bad?", "1-2",
		  LS_OBS_ENUM_FAILED, 0, LS_STEP_ENABLE, 0 },
		{ "usb 1-1.4-port3: connect-debounce failed", "1-1.4.3", LS_OBS_ENUM_FAILED, 0,
		  LS_STEP_DEBOUNCE, 0 },
		{ "hub 2-1:1.0: connect-debounce failed, port 4 disabled", "2-1.4",
		  LS_OBS_ENUM_FAILED, 0, LS_STEP_DEBOUNCE, 0 },
		{ "hub 2-1:1.0: config failed, can't read hub descriptor (err -71)", "2-1",
		  LS_OBS_ENUM_FAILED, 0, LS_STEP_CONFIG, -71 },
		{ "usb usb1-port2: unable to enumerate USB device", "1-2", LS_OBS_ENUM_GAVE_UP, 0,
		  0, 0 },
		{ "hub 1-0:1.0: unable to enumerate USB device on port 2", "1-2",
		  LS_OBS_ENUM_GAVE_UP, 0, 0, 0 },
		{ "usb usb1-port2: attempt power cycle", "1-2", LS_OBS_POWER_CYCLE, 0, 0, 0 },
	};

	(void)state;
	check(cases, LS_COUNT(cases));
}

static void
recognises_errors(void **state)
{
	static const struct port_case cases[] = {
		{ "usb usb1-port2: over-current condition", "1-2", LS_OBS_OVER_CURRENT, 0, 0, 0 },
		{ "usb 1-1-port2: over-current change #4", "1-1.2", LS_OBS_OVER_CURRENT_CHANGE, 0,
		  0, 0 },
		{ "hub 1-0:1.0: over-current condition on port 2", "1-2", LS_OBS_OVER_CURRENT, 0, 0,
		  0 },
		{ "hub 1-0:1.0: over-current change on port 2", "1-2", LS_OBS_OVER_CURRENT_CHANGE,
		  0, 0, 0 },
		{ "hub 1-1:1.0: over-current condition", "1-1", LS_OBS_OVER_CURRENT, 0, 0, 0 },
		{ "hub 1-0:1.0: over-current condition", "usb1", LS_OBS_OVER_CURRENT, 0, 0, 0 },
		{ "usb usb1-port2: disabled by hub (EMI?), re-enabling...", "1-2", LS_OBS_EMI, 0, 0,
		  0 },
		{ "hub 1-0:1.0: port 2 disabled by hub (EMI?), re-enabling...", "1-2", LS_OBS_EMI,
		  0, 0, 0 },
		{ "usb usb2-port1: config error", "2-1", LS_OBS_LINK_TROUBLE, 0, 0, 0 },
		{ "usb 1-1-port4: cannot reset (err = -71)", "1-1.4", LS_OBS_LINK_TROUBLE, 0, 0,
		  -71 },
		{ "hub 1-1:1.0: cannot reset port 4 (err = -71)", "1-1.4", LS_OBS_LINK_TROUBLE, 0,
		  0, -71 },
		{ "hub 1-1:1.0: hub_ext_port_status failed (err = -110)", "1-1",
		  LS_OBS_LINK_TROUBLE, 0, 0, -110 },
		{ "usb 1-1: clear tt 1 (0041) error -71", "1-1", LS_OBS_LINK_TROUBLE, 0, 0, -71 },
		{ "usb 2-1: Failed to set U1 timeout to 0x0,error code -71", "2-1",
		  LS_OBS_LINK_TROUBLE, 0, 0, -71 },
		{ "usb 2-1: Disable of device-initiated U2 failed.", "2-1", LS_OBS_LINK_TROUBLE, 0,
		  0, 0 },
		{ "usb 2-1: usb_reset_and_verify_device Failed to disable LPM", "2-1",
		  LS_OBS_LINK_TROUBLE, 0, 0, 0 },
		{ "usb 1-1: PM: failed to resume async: error -71", "1-1", LS_OBS_RESUME_FAILED, 0,
		  0, -71 },
		{ "PM: Device 1-1 failed to resume: error -22", "1-1", LS_OBS_RESUME_FAILED, 0, 0,
		  -22 },
		{ "snd-usb-audio 1-5:1.0: reset_resume error -5", "1-5", LS_OBS_RESUME_FAILED, 0, 0,
		  -5 },
		{ "usb 1-1: rejected 1 configuration due to insufficient available bus power",
		  "1-1", LS_OBS_POWER_REJECTED, 0, 0, 0 },
		{ "usb 1-1: new config #1 exceeds power limit by 400mA", "1-1",
		  LS_OBS_POWER_REJECTED, 0, 0, 0 },
		{ "usb 1-1-port3: 500mA is over 400000uA budget!", "1-1.3", LS_OBS_POWER_REJECTED,
		  0, 0, 0 },
		{ "usb 1-1: not running at top speed; connect to a high speed hub", "1-1",
		  LS_OBS_SLOW, 0, 0, 0 },
	};

	(void)state;
	check(cases, LS_COUNT(cases));
}

static void
names_controllers(void **state)
{
	static const struct {
		const char *text, *controller;
		enum ls_obs_kind kind;
		uint16_t bus;
	} cases[] = {
		{ "xhci_hcd 0000:00:14.0: HC died; cleaning up", "0000:00:14.0",
		  LS_OBS_CONTROLLER_DIED, 0 },
		{ "tegra-xusb 3530000.usb: xHCI host controller not responding, assume dead",
		  "3530000.usb", LS_OBS_CONTROLLER_DIED, 0 },
		{ "tegra-xhci tegra-xhci: HC died; cleaning up", "tegra-xhci",
		  LS_OBS_CONTROLLER_DIED, 0 },
		{ "xhci_hcd 0000:05:00.0: Mismatch between completed Set TR Deq Ptr command & xHCI "
		  "internal state.",
		  "0000:05:00.0", LS_OBS_CONTROLLER_TROUBLE, 0 },
		{ "ohci-pci 0000:00:12.0: controller won't resume", "0000:00:12.0",
		  LS_OBS_CONTROLLER_TROUBLE, 0 },
		{ "xhci_hcd 0000:00:14.0: Not enough bandwidth", "0000:00:14.0", LS_OBS_HOST_LIMIT,
		  0 },
		{ "xhci_hcd 0000:00:14.0: Error while assigning device slot ID: No Slots Available "
		  "Error",
		  "0000:00:14.0", LS_OBS_HOST_LIMIT, 0 },
		{ "xhci_hcd 0000:00:14.0: WARNING: Host System Error", "0000:00:14.0",
		  LS_OBS_CONTROLLER_TROUBLE, 0 },
		{ "xhci-hcd xhci-hcd.0.auto: Timeout while waiting for setup device command",
		  "xhci-hcd.0.auto", LS_OBS_CONTROLLER_TROUBLE, 0 },
		{ "ehci-pci 0000:00:1d.0: fatal error", "0000:00:1d.0", LS_OBS_CONTROLLER_TROUBLE,
		  0 },
		{ "renesas xhci 0000:04:00.0: new USB bus registered, assigned bus number 12",
		  "pci-0000:04:00.0", LS_OBS_BUS_ADDED, 12 },
		{ "vhci_hcd vhci_hcd.0: new USB bus registered, assigned bus number 3",
		  "platform-vhci_hcd.0", LS_OBS_BUS_ADDED, 3 },
		{ "xhci_hcd 0000:00:14.0: USB bus 2 deregistered", "pci-0000:00:14.0",
		  LS_OBS_BUS_REMOVED, 2 },
		{ "xhci_hcd 0000:00:14.0: remove, state 4", "pci-0000:00:14.0", LS_OBS_BUS_REMOVED,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i].text, &obs, &device), 1);
		assert_int_equal(obs.kind, cases[i].kind);
		assert_string_equal(obs.controller, cases[i].controller);
		assert_int_equal(obs.bus, cases[i].bus);
		assert_string_equal(obs.port, "");
		assert_null(obs.device);
	}
}

static void
ignores_everything_else(void **state)
{
	static const char *const cases[] = {
		"",
		":",
		": ",
		"usb",
		"usb 1-1",
		"usb 1-1: ",
		"usb  : USB disconnect, device number 5",
		"usb 1-1: USB disconnect, device number ",
		"usb 1-1: USB disconnect, device number 5, says the driver",
		"usb 1-1: USB disconnect, device number 65536",
		"usb 1-1: it said: USB disconnect, device number 5",
		"usb 1-1: New USB device strings: Mfr=1, Product=2, SerialNumber=3",
		"usb 1-1: device descriptor read/64, error",
		"usb 1-1: LPM exit latency is zeroed, disabling LPM.",
		"usb 1-1: Failed to set U1 timeout to 0xff, which is a reserved value.",
		"usb 1-1: unable to get BOS descriptor or descriptor too short",
		"usb usb1: usb_suspend",
		"usb usb1-port2: not reset yet, waiting 10ms",
		"usb usb1-port2: USB disconnect, device number 5",
		"usb usb1-port0: over-current condition",
		"hub 1-0:1.0: over-current condition on port 0",
		"hub 1-1.2.3.4.5.6:1.0: over-current condition on port 1",
		"cdc_acm 1-1:1.0: USB disconnect, device number 5",
		"cdc_acm 1-1:1.0: over-current condition",
		"cdc_acm 1-1:1.0: acm_ctrl_irq - urb shutting down with status: -108",
		"option1 ttyUSB0: option_instat_callback: error -19",
		"usb 1-1: 1:1: cannot get freq at ep 0x81",
		"ath9k_htc 1-1:1.0: signal -71 dBm, no error",
		"rtl8192cu 1-1:1.0: RSSI -71",
		"rtl8192cu 1-1:1.0: error level -71 dBm",
		"usbtmc 1-1:1.0: failed at -62.5 degrees",
		"usbtest 1-1:1.0: failed, see 0x12-71",
		"sd 2:0:0:0: [sdc] Synchronize Cache(10) failed: Result: err -71",
		"usb X-Y: USB disconnect, device number N",
		"input: usb 1-1: USB disconnect, device number 5 as /devices/virtual/input",
		"systemd[1]: usb 1-1: USB disconnect, device number 5",
		"I saw usb 1-1: USB disconnect, device number 5",
		"usb 1-1 : USB disconnect, device number 5",
		" usb 1-1: USB disconnect, device number 5",
		"mtp-probe: checking bus 1, device 5: \"/sys/devices/pci0000:00/usb1/1-1\"",
		"usbcore: registered new device driver usb",
		"sdhci-pci 0000:00:1e.6: fatal error",
		"PM: suspend devices took 0.4 seconds",
		"PM: Device 0000:00:14.0 failed to resume: error -71",
		"thunderbolt 0-1: new device found, vendor=0x1 device=0x2",
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { .kind = LS_OBS_LOST };
		struct ls_device device = { .vid = 1 };

		assert_int_equal(parse(cases[i], &obs, &device), 0);
		assert_int_equal(obs.kind, LS_OBS_LOST);
		assert_int_equal(device.vid, 1);
	}
}

static void
distinguishes_suspend_from_resume(void **state)
{
	static const struct {
		const char *text;
		enum ls_obs_kind kind;
	} cases[] = {
		{ "PM: suspend entry (deep)", LS_OBS_SLEEP },
		{ "PM: suspend entry (s2idle)", LS_OBS_SLEEP },
		{ "PM: hibernation: hibernation entry", LS_OBS_SLEEP },
		{ "OOM killer disabled.", LS_OBS_SLEEP },
		{ "PM: suspend-to-idle", LS_OBS_SLEEP },
		{ "printk: Suspending console(s) (use no_console_suspend to debug)", LS_OBS_SLEEP },
		{ "PM: hibernation: Creating image:", LS_OBS_SLEEP },
		{ "PM: suspend exit", LS_OBS_WAKE },
		{ "PM: hibernation exit", LS_OBS_WAKE },
		{ "ACPI: PM: Waking up from system sleep state S3", LS_OBS_WAKE },
		{ "ACPI: Waking up from system sleep state S4", LS_OBS_WAKE },
		{ "PM: Timekeeping suspended for 28803.119 seconds", LS_OBS_WAKE },
		{ "PM: resume from suspend-to-idle", LS_OBS_WAKE },
		{ "OOM killer enabled.", LS_OBS_WAKE },
		{ "Restarting tasks ... done.", LS_OBS_WAKE },
		{ "Restarting tasks: Done", LS_OBS_WAKE },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i].text, &obs, &device), 1);
		assert_int_equal(obs.kind, cases[i].kind);
		assert_string_equal(obs.port, "");
		assert_int_equal(obs.bus, 0);
	}
}

/* Lines of drivers, in the spellings that are usual. */
static void
understands_drivers(void **state)
{
	static const struct {
		const char *text, *port, *handle;
		enum ls_obs_kind kind;
		int status;
		uint32_t n_failed, n_timeouts;
	} cases[] = {
		{ "uvcvideo 3-1:1.1: Non-zero status (-71) in video completion handler.", "3-1", "",
		  LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "uvcvideo 3-1.4:1.0: Failed to query (GET_CUR) UVC control 2 on unit 2: -110 "
		  "(exp. "
		  "1).",
		  "3-1.4", "", LS_OBS_TRANSFER_ERRORS, -110, 1, 1 },
		{ "usbhid 1-6:1.0: can't add hid device: -71", "1-6", "", LS_OBS_TRANSFER_ERRORS,
		  -71, 1, 0 },
		{ "mt7601u 1-1:1.0: Error: MCU resp urb failed:-84", "1-1", "",
		  LS_OBS_TRANSFER_ERRORS, -84, 1, 0 },
		{ "r8152 2-1.1:1.0 enx00e04c680001: Tx status -71", "2-1.1", "",
		  LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "r8152 2-1.1:1.0 eth1: Tx timeout", "2-1.1", "", LS_OBS_TRANSFER_ERRORS, -110, 1,
		  1 },
		{ "smsc95xx 1-1.1:1.0 (unnamed net_device) (uninitialized): Failed to read reg "
		  "index 0x00000014: -110",
		  "1-1.1", "", LS_OBS_TRANSFER_ERRORS, -110, 1, 1 },
		{ "ipheth 1-4:4.2: ipheth_rcvbulk_callback: urb status: -71", "1-4", "",
		  LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "usb 1-4: 1:1: usb_set_interface failed (-71)", "1-4", "", LS_OBS_TRANSFER_ERRORS,
		  -71, 1, 0 },
		{ "usb 2-1: stat urb: status -71", "2-1", "", LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "usb 1-3: timeout: still 1 active urbs on EP #81", "1-3", "",
		  LS_OBS_TRANSFER_ERRORS, -110, 1, 1 },
		{ "ftdi_sio ttyUSB3: usb_serial_generic_write_bulk_callback - nonzero urb status: "
		  "-71",
		  "", "ttyUSB3", LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "cp210x ttyUSB0: failed set request 0x12 status: -110", "", "ttyUSB0",
		  LS_OBS_TRANSFER_ERRORS, -110, 1, 1 },
		{ "sd 7:0:0:0: [sdb] tag#3 data cmplt err -75 uas-tag 4 inflight: CMD IN ", "",
		  "host7", LS_OBS_TRANSFER_ERRORS, -75, 1, 0 },
		{ "sd 7:0:0:0: [sdb] tag#3 uas_eh_abort_handler 0 uas-tag 4 inflight: CMD OUT ", "",
		  "host7", LS_OBS_TRANSFER_ERRORS, -110, 1, 1 },
		{ "scsi host7: uas_eh_device_reset_handler FAILED err -71", "", "host7",
		  LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "snd-usb-audio 1-2:1.1: cannot submit urb 0, error -28: not enough bandwidth",
		  "1-2", "", LS_OBS_HOST_LIMIT, -28, 0, 0 },
		{ "usb 1-2: can't set config #1, error -28", "1-2", "", LS_OBS_HOST_LIMIT, -28, 0,
		  0 },
		{ "usb 1-2: Not enough bandwidth for altsetting 3", "1-2", "", LS_OBS_HOST_LIMIT, 0,
		  0, 0 },
		{ "option 1-1:1.2: device disconnected", "1-1", "", LS_OBS_DRIVER_LEFT, 0, 0, 0 },
		{ "cdc_ncm 4-1:1.0 usb0: unregister 'cdc_ncm' usb-0000:00:14.0-1, CDC NCM", "4-1",
		  "", LS_OBS_DRIVER_LEFT, 0, 0, 0 },
		{ "ch341-uart ttyUSB1: ch341-uart converter now disconnected from ttyUSB1", "",
		  "ttyUSB1", LS_OBS_DRIVER_LEFT, 0, 0, 0 },
		{ "usb 1-7: ath9k_htc: USB layer deinitialized", "1-7", "", LS_OBS_DRIVER_LEFT, 0,
		  0, 0 },
		{ "usb 1-7: cp210x converter now attached to ttyUSB12", "1-7", "ttyUSB12",
		  LS_OBS_HANDLE, 0, 0, 0 },
		{ "cdc_acm 1-7:1.0: ttyACM0: USB ACM device", "1-7", "ttyACM0", LS_OBS_HANDLE, 0, 0,
		  0 },
		{ "uvcvideo: Failed to submit URB 0 (-28).", "", "uvcvideo", LS_OBS_HOST_LIMIT, -28,
		  0, 0 },
		{ "ALSA sound/usb/pcm.c:213: 4:2:1: usb_set_interface failed (-28)", "",
		  "snd-usb-audio", LS_OBS_HOST_LIMIT, -28, 0, 0 },
		{ "usblp1: nonzero read bulk status received: -71", "", "usblp1",
		  LS_OBS_TRANSFER_ERRORS, -71, 1, 0 },
		{ "usblp 3-2:1.1: usblp1: USB Bidirectional printer dev 5 if 1 alt 0 proto 2",
		  "3-2", "usblp1", LS_OBS_HANDLE, 0, 0, 0 },
		{ "dvb-usb: bulk message failed: -71 (5/0)", "", "dvb-usb", LS_OBS_TRANSFER_ERRORS,
		  -71, 1, 0 },
		{ "scsi host12: usb-storage 2-1.4:1.0", "2-1.4", "host12", LS_OBS_HANDLE, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < LS_COUNT(cases); i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;

		assert_int_equal(parse(cases[i].text, &obs, &device), 1);
		assert_int_equal(obs.kind, cases[i].kind);
		assert_string_equal(obs.port, cases[i].port);
		assert_string_equal(obs.handle, cases[i].handle);
		assert_int_equal(obs.status, cases[i].status);
		assert_int_equal(obs.n_failed, cases[i].n_failed);
		assert_int_equal(obs.n_timeouts, cases[i].n_timeouts);
		assert_string_equal(obs.controller, "");
	}
}

static const char *
sample_of(char letter)
{
	static const struct {
		char letter;
		const char *sample;
	} samples[] = {
		{ 'n', "5" },	  { 'b', "5" },		 { 'p', "5" },	  { 'e', "-71" },
		{ 'd', "1-5" },	  { 's', "high-speed" }, { 'v', "1a2b" }, { 'i', "1a2b" },
		{ 'r', " 1.00" }, { 'w', "0x1f" },
	};

	for (size_t i = 0; i < LS_COUNT(samples); i++) {
		if (samples[i].letter == letter)
			return samples[i].sample;
	}
	return "so and so";
}

static void
every_rule_is_reached(void **state)
{
	static const char *const prefixes[] = {
		[NO_NAME] = "",
		[DEVICE] = "usb 1-1: ",
		[PORT] = "usb usb1-port2: ",
		[INTERFACE] = "usbhid 1-1:1.0: ",
		[HUB] = "hub 1-1:1.0: ",
		[HANDLE] = "ftdi_sio ttyUSB0: ",
		[CONTROLLER] = "xhci_hcd 0000:00:14.0: ",
		[EHCI] = "ehci-pci 0000:00:1d.0: ",
	};

	(void)state;
	for (size_t i = 0; i < ls_n_kernel_messages; i++) {
		struct ls_observation obs = { 0 };
		struct ls_device device;
		char text[512];
		size_t len = (size_t)snprintf(text, sizeof(text), "%s",
					      prefixes[ls_kernel_messages[i].scope]);

		for (const char *p = ls_kernel_messages[i].pattern; *p; p++) {
			if (*p == '%')
				len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
							sample_of(*++p));
			else
				text[len++] = *p;
			text[len] = '\0';
		}
		assert_int_equal(parse(text, &obs, &device), 1);
		assert_int_equal(obs.kind, ls_kernel_messages[i].kind);
		assert_int_equal(obs.step, ls_kernel_messages[i].step);
		assert_int_equal(obs.status, strstr(ls_kernel_messages[i].pattern, "%e") ? -71 : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognises_connects_and_disconnects),
		cmocka_unit_test(recognises_failed_enumeration),
		cmocka_unit_test(recognises_errors),
		cmocka_unit_test(names_controllers),
		cmocka_unit_test(ignores_everything_else),
		cmocka_unit_test(distinguishes_suspend_from_resume),
		cmocka_unit_test(understands_drivers),
		cmocka_unit_test(every_rule_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
