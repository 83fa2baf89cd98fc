/* linkstat check over small trees: whole screens, at 80 columns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/cli/check_trees.h"
#include "tests/unit/cli/screens.h"

/* Findings that several screens have. */
#define HOST_OK                                                                                    \
	"  - usbmuxd runs.\n"                                                                      \
	"  - logind does not put this computer to sleep by itself.\n"                              \
	"  - 20 GiB of memory are free.\n"                                                         \
	"  - 100 GB are free in /home/me.\n"                                                       \
	"  - linkstatd runs and keeps the record.\n"                                               \
	"  - Programs may use 16 MB of memory for USB.\n"
#define TOOLS_OK                                                                                   \
	"  - usbmuxd is 1.1.1-2.\n"                                                                \
	"  - idevicerestore is 1.1.0-2-g405fcd1.\n"                                                \
	"  - libirecovery is 1.0.0-5.\n"                                                           \
	"  - The kernel is Linux 6.1.0-31-amd64.\n"
#define NO_LINKSTATD                                                                               \
	"  - linkstatd does not run: nothing is known of earlier drops, and none will be\n"        \
	"    recorded.\n"                                                                          \
	"    Do: Start it:\n"                                                                      \
	"        sudo systemctl enable --now linkstatd\n"

static const struct screen screens[] = {
	{ "a healthy desktop",
	  { "check", "left front" },
	  run_desktop,
	  { STATUS(SEES, SOCKET), REPORT("96000", "0", "4", "0", "0"),
	    REPORT("3600", "0", "1", "0", "3"), DROPS("") },
	  CLI_FINE,
	  "Nothing speaks against a job of 15 min on \"left front\" (1-4), iPhone.\n"
	  "Fine:\n"
	  "  - No drop in 1 d 2 h on this port. A job of 15 min runs through with > 99 %\n"
	  "    (at least 98 %).\n"
	  "  - Transfers failed on the wire in the last 24 hours (3 link in 1.0 million\n"
	  "    transfers (3.0 per million), 2.0 GB), as few come with each unplugging.\n"
	  "  - The link runs at 480 Mb/s.\n"
	  "  - No hub is in between.\n" HOST_OK
	  "  - Power saving does not put the device to sleep.\n" TOOLS_OK },
	{ "the same with drops and errors, and a source that is blind",
	  { "check", "p-usb-0:4" },
	  run_desktop,
	  { STATUS(SEES "," BLIND, SOCKET), REPORT("11520", "4", "4", "0", "0"),
	    REPORT("3600", "2", "2", "3", "9000"), DROPS(DROP "," DROP) },
	  CLI_PROBLEM,
	  "Not fit yet for a job of 15 min on \"left front\" (1-4), iPhone: 2 things are to\n"
	  "be mended first.\n"
	  "Mend first:\n"
	  "  - 4 drops in 3 h 12 min on this port. A job of 15 min runs through with 71 %\n"
	  "    (52 to 88 %). The last: 14:03:08, link lost (incident 7); 14:03:08, link\n"
	  "    lost (incident 7).\n"
	  "    Do: Use another port, or find the part that is at fault first:\n"
	  "        linkstat diagnose 1-4\n"
	  "  - Transfers failed on the wire in the last 24 hours: 9000 link in 1.0 million\n"
	  "    transfers (9000 per million), 2.0 GB.\n"
	  "    Do: Use another port of the computer itself, or another cable: links that do\n"
	  "        this often drop soon.\n"
	  "Worth knowing:\n"
	  "  - Something plugged in here did not start, 3 times in the last 24 hours.\n"
	  "    Do: Push the plug in firmly; if it goes on, try another port.\n"
	  "  - linkstatd does not see all: usbmon: the module is not loaded.\n"
	  "    Do: Let it see:\n"
	  "        sudo modprobe usbmon\n"
	  "Fine:\n"
	  "  - The link runs at 480 Mb/s.\n"
	  "  - No hub is in between.\n" HOST_OK
	  "  - Power saving does not put the device to sleep.\n" TOOLS_OK },
	{ "all of its ports, by a linkstatd that knows none",
	  { "check" },
	  run_desktop,
	  { STATUS(SEES, ""), "{\"parameters\":{\"gaps\":[],\"ports\":[]}}",
	    "{\"parameters\":{\"gaps\":[],\"ports\":[]}}", DROPS("") },
	  CLI_FINE,
	  "Nothing speaks against a job of 15 min on this computer; 1 thing is worth\n"
	  "knowing.\n"
	  "Worth knowing:\n"
	  "  - 1-4, iPhone: linkstatd has no record of this port yet.\n"
	  "Fine:\n" HOST_OK TOOLS_OK "  - 1-10, Keyboard: nothing speaks against it.\n" },
	{ "an empty port that had too much current",
	  { "check", "1-5" },
	  run_desktop,
	  { STATUS(SEES, SOCKET), REPORT("96000", "0", "4", "0", "0"),
	    REPORT("3600", "0", "1", "0", "3"), DROPS("") },
	  CLI_PROBLEM,
	  "Not fit yet for a job of 15 min on 1-5: 1 thing is to be mended first.\n"
	  "Mend first:\n"
	  "  - More current was drawn from this port than it can give, 2 times since the\n"
	  "    computer was started.\n"
	  "    Do: Use another port. If it happens there too, the cable or the device has a\n"
	  "        short circuit.\n"
	  "Worth knowing:\n"
	  "  - Nothing is plugged in there now, so only the port was looked at.\n"
	  "    Do: Plug the device in and ask again.\n"
	  "  - linkstatd has no record of this port yet.\n"
	  "Fine:\n"
	  "  - No hub is in between.\n" HOST_OK TOOLS_OK },
	{ "a port that there is not",
	  { "check", "1-6" },
	  run_desktop,
	  { STATUS(SEES, SOCKET), REPORT("96000", "0", "4", "0", "0"),
	    REPORT("3600", "0", "1", "0", "3"), DROPS("") },
	  CLI_USAGE,
	  "" },
	{ "a label without linkstatd",
	  { "check", "left front" },
	  run_laptop,
	  { NULL },
	  CLI_USAGE,
	  "" },
	{ "a laptop on its battery",
	  { "check", "3-2.1" },
	  run_laptop,
	  { NULL },
	  CLI_PROBLEM,
	  "Not fit yet for a job of 15 min on 3-2.1, iPhone \\x1b[2J: 7 things are to be\n"
	  "mended first.\n"
	  "Mend first:\n"
	  "  - More current was drawn from this port than it can give, 1 time since the\n"
	  "    computer was started.\n"
	  "    Do: Use another port. If it happens there too, the cable or the device has a\n"
	  "        short circuit.\n"
	  "  - The hub above (USB 2.0 Hub, 3-2) has no power supply of its own: it may give\n"
	  "    100 mA to each port, and the iPhone \\x1b[2J asks for 500.\n"
	  "    Do: Plug the device into the computer itself, or use a hub with its own\n"
	  "        supply.\n"
	  "  - usbmuxd is not installed: without it no program sees an iPhone in normal or\n"
	  "    restore mode.\n"
	  "    Do: Install the package usbmuxd.\n"
	  "  - This computer runs on its battery (41 %): it saves power, also on USB, and\n"
	  "    may go to sleep in the middle of the job.\n"
	  "    Do: Plug its power supply in.\n"
	  "  - This computer goes to sleep after 10 min without a touch (suspend), and the\n"
	  "    job takes 15 min.\n"
	  "    Do: Start the job so, which keeps the computer awake:\n"
	  "        linkstat run -- COMMAND\n"
	  "  - This AMD USB controller is known to drop devices with BIOSes from before\n"
	  "    April 2021, and this one is older.\n"
	  "    Do: Update the BIOS (AGESA 1.2.0.2 or later), or use a hub or card with\n"
	  "        another controller.\n"
	  "  - This computer is busy: programs waited for memory 12 % of the last 10\n"
	  "    seconds. USB then times out more easily.\n"
	  "    Do: Wait until it is quiet, or end what keeps it busy (see: top).\n"
	  "Worth knowing:\n"
	  "  - One hub is in between: USB 2.0 Hub (3-2).\n"
	  "    Do: For a long job plug the device into the computer itself, at best at the\n"
	  "        back.\n"
	  "  - 684 MiB of memory are free: transfers fail when it ends.\n"
	  "    Do: End programs that are not needed, browsers first.\n"
	  "  - 3.0 GB are free in /home/me; the firmware of a new iPhone takes some 20 GB\n"
	  "    to download and unpack.\n"
	  "    Do: Make room, or work in a directory with more of it.\n" NO_LINKSTATD
	  "  - The desktop (gvfs) opens phones and cameras, to show their pictures.\n"
	  "    Do: Before the job: eject the device in the file manager, or log out of the\n"
	  "        desktop.\n"
	  "  - Power saving may put the iPhone \\x1b[2J to sleep after 2.0 s without\n"
	  "    traffic, and the hubs above with it. Most devices bear that, some drop.\n"
	  "    Do: If it drops when idle, switch that off until it is unplugged:\n"
	  "        echo on | sudo tee /sys/bus/usb/devices/3-2.1/power/control\n"
	  "  - Link power management of USB 2 (LPM) is on for the iPhone \\x1b[2J. Some\n"
	  "    devices say they can and drop.\n"
	  "    Do: If it drops, switch that off until it is unplugged:\n"
	  "        echo n | sudo tee /sys/bus/usb/devices/3-2.1/power/usb2_hardware_lpm\n"
	  "  - It shares its controller with Ultra (disk, 3-2.3).\n"
	  "    Do: Leave them idle during the job, or use ports of another controller.\n"
	  "  - idevicerestore is not installed.\n"
	  "    Do: Install it, if this is to be a restore.\n"
	  "Fine:\n"
	  "  - The link runs at 480 Mb/s.\n"
	  "  - Programs may use 16 MB of memory for USB.\n"
	  "  - The kernel is Linux 6.1.0-31-amd64.\n" },
	{ "the laptop as JSON",
	  { "check", "--json", "3-2.1" },
	  run_laptop,
	  { NULL },
	  CLI_PROBLEM,
	  "{\"linkstat\":\"check\",\"version\":1,\"fit\":false,\"port\":\"3-2.1\",\"job_seconds\":"
	  "900.0,\"findings\":[{\"id\":\"over-current\",\"level\":\"mend\",\"port\":\"3-2.1\","
	  "\"what\":\"More current was drawn from this port than it can give, 1 time since the "
	  "computer was started.\",\"do\":\"Use another port. If it happens there too, the cable "
	  "or the device has a short "
	  "circuit.\"},{\"id\":\"hub-power\",\"level\":\"mend\",\"port\":\"3-2.1\",\"what\":\"The "
	  "hub above (USB 2.0 Hub, 3-2) has no power supply of its own: it may give 100 mA to each "
	  "port, and the iPhone \\\\x1b[2J asks for 500.\",\"do\":\"Plug the device into the "
	  "computer itself, or use a hub with its own "
	  "supply.\"},{\"id\":\"usbmuxd\",\"level\":\"mend\",\"port\":null,\"what\":\"usbmuxd is "
	  "not installed: without it no program sees an iPhone in normal or restore "
	  "mode.\",\"do\":\"Install the package "
	  "usbmuxd.\"},{\"id\":\"battery\",\"level\":\"mend\",\"port\":null,\"what\":\"This "
	  "computer runs on its battery (41 %): it saves power, also on USB, and may go to sleep "
	  "in the middle of the job.\",\"do\":\"Plug its power supply "
	  "in.\"},{\"id\":\"sleep\",\"level\":\"mend\",\"port\":null,\"what\":\"This computer goes "
	  "to sleep after 10 min without a touch (suspend), and the job takes 15 "
	  "min.\",\"do\":\"Start the job so, which keeps the computer awake: linkstat run -- "
	  "COMMAND\"},{\"id\":\"controller\",\"level\":\"mend\",\"port\":null,\"what\":\"This AMD "
	  "USB controller is known to drop devices with BIOSes from before April 2021, and this "
	  "one is older.\",\"do\":\"Update the BIOS (AGESA 1.2.0.2 or later), or use a hub or card "
	  "with another "
	  "controller.\"},{\"id\":\"pressure\",\"level\":\"mend\",\"port\":null,\"what\":\"This "
	  "computer is busy: programs waited for memory 12 % of the last 10 seconds. USB then "
	  "times out more easily.\",\"do\":\"Wait until it is quiet, or end what keeps it busy "
	  "(see: top).\"},{\"id\":\"hubs\",\"level\":\"note\",\"port\":\"3-2.1\",\"what\":\"One "
	  "hub is in between: USB 2.0 Hub (3-2).\",\"do\":\"For a long job plug the device into "
	  "the computer itself, at best at the "
	  "back.\"},{\"id\":\"memory\",\"level\":\"note\",\"port\":null,\"what\":\"684 MiB of "
	  "memory are free: transfers fail when it ends.\",\"do\":\"End programs that are not "
	  "needed, browsers "
	  "first.\"},{\"id\":\"disk\",\"level\":\"note\",\"port\":null,\"what\":\"3.0 GB are free "
	  "in /home/me; the firmware of a new iPhone takes some 20 GB to download and "
	  "unpack.\",\"do\":\"Make room, or work in a directory with more of "
	  "it.\"},{\"id\":\"linkstatd\",\"level\":\"note\",\"port\":null,\"what\":\"linkstatd does "
	  "not run: nothing is known of earlier drops, and none will be recorded.\",\"do\":\"Start "
	  "it: sudo systemctl enable --now "
	  "linkstatd\"},{\"id\":\"other-programs\",\"level\":\"note\",\"port\":null,\"what\":\"The "
	  "desktop (gvfs) opens phones and cameras, to show their pictures.\",\"do\":\"Before the "
	  "job: eject the device in the file manager, or log out of the "
	  "desktop.\"},{\"id\":\"autosuspend\",\"level\":\"note\",\"port\":\"3-2.1\",\"what\":"
	  "\"Power saving may put the iPhone \\\\x1b[2J to sleep after 2.0 s without traffic, and "
	  "the hubs above with it. Most devices bear that, some drop.\",\"do\":\"If it drops when "
	  "idle, switch that off until it is unplugged: echo on | sudo tee "
	  "/sys/bus/usb/devices/3-2.1/power/"
	  "control\"},{\"id\":\"lpm\",\"level\":\"note\",\"port\":\"3-2.1\",\"what\":\"Link power "
	  "management of USB 2 (LPM) is on for the iPhone \\\\x1b[2J. Some devices say they can "
	  "and drop.\",\"do\":\"If it drops, switch that off until it is unplugged: echo n | sudo "
	  "tee "
	  "/sys/bus/usb/devices/3-2.1/power/"
	  "usb2_hardware_lpm\"},{\"id\":\"neighbours\",\"level\":\"note\",\"port\":\"3-2.1\","
	  "\"what\":\"It shares its controller with Ultra (disk, 3-2.3).\",\"do\":\"Leave them "
	  "idle during the job, or use ports of another "
	  "controller.\"},{\"id\":\"tools\",\"level\":\"note\",\"port\":null,\"what\":"
	  "\"idevicerestore is not installed.\",\"do\":\"Install it, if this is to be a "
	  "restore.\"},{\"id\":\"speed\",\"level\":\"fine\",\"port\":\"3-2.1\",\"what\":\"The link "
	  "runs at 480 "
	  "Mb/"
	  "s.\",\"do\":null},{\"id\":\"usbfs-memory\",\"level\":\"fine\",\"port\":null,\"what\":"
	  "\"Programs may use 16 MB of memory for "
	  "USB.\",\"do\":null},{\"id\":\"kernel\",\"level\":\"fine\",\"port\":null,\"what\":\"The "
	  "kernel is Linux 6.1.0-31-amd64.\",\"do\":null}]}\n" },
	{ "a Raspberry Pi with a weak supply",
	  { "check" },
	  run_raspberry,
	  { NULL },
	  CLI_PROBLEM,
	  "Not fit yet for a job of 15 min on 1-1.2, FT232R: 1 thing is to be mended first.\n"
	  "Mend first:\n"
	  "  - This computer's own power supply is too weak: its voltage was too low at\n"
	  "    some time since it was started. USB devices drop then.\n"
	  "    Do: Use the supply made for this board and a short, thick cable; give USB\n"
	  "        devices a hub with its own supply.\n"
	  "Worth knowing:\n"
	  "  - This VIA VL805 USB controller (Raspberry Pi 4) has died under load where its\n"
	  "    supply voltage was marginal.\n"
	  "    Do: Use a strong supply, and a hub with its own for what draws much.\n" NO_LINKSTATD
	  "  - ModemManager runs and sends modem commands to serial lines.\n"
	  "    Do: End it for the time of the job:\n"
	  "        sudo systemctl stop ModemManager\n"
	  "  - The kernel is Linux 4.19.97-v7l+: before 5.4 it tells less of what happens\n"
	  "    on USB (over-current, controllers that die).\n"
	  "    Do: Update the system when there is time; what linkstat sees is still true.\n"
	  "Fine:\n"
	  "  - The link runs at 12 Mb/s.\n"
	  "  - No hub is in between.\n"
	  "  - 2.9 GiB of memory are free.\n"
	  "  - 9.0 GB are free in /home/me.\n" },
	{ "a computer without USB",
	  { "check" },
	  run_bare,
	  { NULL },
	  CLI_PROBLEM,
	  "Not fit yet for a job of 15 min on this computer: 1 thing is to be mended first.\n"
	  "No device is plugged in, so only the computer itself was looked at.\n"
	  "Mend first:\n"
	  "  - Linux drives no USB controller on this computer.\n"
	  "    Do: See what it says of that:\n"
	  "        journalctl -k | grep -i -e usb -e xhci\n"
	  "Worth knowing:\n" NO_LINKSTATD "Fine:\n"
	  "  - 9.0 GB are free in /home/me.\n" },
};

static void
prints_what_to_fix(void **state)
{
	(void)state;
	screens_check(screens, LS_COUNT(screens));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_what_to_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
