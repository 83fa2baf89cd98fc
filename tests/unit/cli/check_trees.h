#pragma once
/* Computers for the tests of linkstat check, and what linkstatd replies on them. */
#include "cli/base/cli.h"

/* linkstat check on a computer of this kind; all but the desktop have no linkstatd. */
int run_desktop(const struct cli *cli);
int run_laptop(const struct cli *cli);
int run_raspberry(const struct cli *cli);
int run_bare(const struct cli *cli); /* nothing at all in /sys and /proc */

#define STATUS(sources, ports)                                                                     \
	"{\"parameters\":{\"version\":\"9\",\"watching_since\":\"2026-11-22T09:12:00Z\","          \
	"\"now\":\"2026-11-22T14:30:00Z\",\"history_path\":\"/x\",\"history_trouble\":null,"       \
	"\"sources\":[" sources "],\"controllers\":[],\"ports\":[" ports "],\"last_drop\":null}}"
#define SOCKET                                                                                     \
	"{\"port\":\"p-usb-0:4\",\"name\":\"1-4\",\"parent\":null,\"label\":\"left front\","       \
	"\"device\":null,\"state\":\"ok\",\"connected_at\":null,\"drops\":0}"
#define REPORT(seconds, drops, disconnects, failed, errors)                                        \
	"{\"parameters\":{\"gaps\":[],\"ports\":[{\"port\":\"p-usb-0:4\",\"name\":\"1-4\","        \
	"\"label\":\"left front\",\"connected_seconds\":" seconds                                  \
	",\"sessions\":1,\"connects\":5,\"disconnects\":" disconnects ",\"drops\":" drops          \
	",\"resets\":0,\"enumeration_failures\":" failed                                           \
	",\"over_currents\":0,\"incidents_by_cause\":{},\"transfers\":1000000,\"bytes_in\":1,"     \
	"\"bytes_out\":2000000000,\"submit_errors\":0,\"transfer_errors\":{\"link\":" errors       \
	"},\"device\":null}]}}"
#define SEES "{\"name\":\"udev\",\"sees\":true,\"detail\":\"netlink\",\"fix\":null}"
#define BLIND                                                                                      \
	"{\"name\":\"usbmon\",\"sees\":false,\"detail\":\"the module is not loaded\","             \
	"\"fix\":\"sudo modprobe usbmon\"}"
#define DROP                                                                                       \
	"{\"id\":7,\"opened_at\":\"2026-11-22T14:03:08.7Z\",\"closed_at\":null,\"port\":\"p\","    \
	"\"name\":\"1-4\",\"label\":null,\"device\":null,\"cause\":\"link-loss\","                 \
	"\"side\":\"link\",\"drop\":true,\"confidence\":0.9,\"count\":1,\"resets\":0,"             \
	"\"why\":\"\",\"back_after_seconds\":null,\"evidence\":[],\"evidence_omitted\":0}"
#define DROPS(list) "{\"parameters\":{\"incidents\":[" list "],\"cursor\":null}}"
