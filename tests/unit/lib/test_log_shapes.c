/* Lines that hosts, editors, terminals and copies changed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/log_reading.h"

struct shape {
	const char *text;
	const char *observed;
};

#define GONE	  "usb 3-6: USB disconnect, device number 11"
#define COMES	  "usb 3-6: new full-speed USB device number 12 using xhci_hcd"
#define LEFT	  "3-6 disconnect"
#define CAME	  "3-6 connect"
#define BOTH	  LEFT ", " CAME
#define BOTH_LEFT LEFT ", " LEFT

/* A host may have any name. */
static const struct shape hosts[] = {
	{ "Mar 12 08:00:01 sys-usb kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 usbhost kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 github-runner-4 kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 xhci kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 ehci-lab.example.org kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 dwc2 kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 quasar kernel: " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 usb " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hcd-7 " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01+0100 hub02 kernel: " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000+01:00 thub kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Wed 2031-03-12 08:00:01 CET usb-relay kernel: " GONE "\n", LEFT },
	{ "1962345601.250000 uhci kernel: " GONE "\n", LEFT },
	{ "[   44.123456] sys-usb kernel: " GONE "\n", LEFT },
	{ "[   44.123456] hub-1 kernel: " GONE "\n", LEFT },
	{ "<6>1 2031-03-12T08:00:01+01:00 usbhub kernel - - - " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub7 kern.info kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub7 user.notice kernel: " GONE "\n", LEFT },
	{ "Wed Mar 12 08:00:01 2031 kern.info kernel: [   44.123456] " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000Z INFO kernel: [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 hub7 prog[12]: " GONE "\n", "" },
	{ "Mar 12 08:00:01 xhci-1 rc.local: HC died; cleaning up\n", "" },
	{ "Mar 12 08:00:01 hub7 usb-guard: " GONE "\n", "" },
};

/* syslog of which a program removed the tag. */
static const struct shape untagged[] = {
	{ "Mar 12 08:00:01 otter " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 otter [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 otter hub 2-0:1.0: unable to enumerate USB device on port 3\n",
	  "2-3 enumeration-failure" },
	{ "Mar 12 08:00:01 otter usb usb2-port3: over-current condition\n", "2-3 over-current" },
	{ "Mar 12 08:00:01 otter uvcvideo 3-6:1.0: reset_resume error -71\n",
	  "3-6 resume-failure" },
	{ "Mar 12 08:00:01 otter xhci_hcd 0000:05:00.3: HC died; cleaning up\n",
	  "0000:05:00.3 controller-died" },
	{ "Mar 12 08:00:01 otter kern.warn " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000+01:00 otter " GONE "\n", LEFT },
	{ "2031-03-12 08:00:01 " GONE "\n", LEFT },
	{ "12.03.2031 08:00:01 " GONE "\n", LEFT },
	{ "08:00:01 " GONE "\n", LEFT },
	{ "[08:00:01] " GONE "\n", LEFT },
	{ "[2031-03-12 08:00:01] " GONE "\n", LEFT },
	{ "[08:00:01]: " GONE "\n", LEFT },
	{ "(08:00:01) " GONE "\n", LEFT },
	{ "<otter> [08:00:01] " GONE "\n", LEFT },
	{ "20310312 08:00:01.250 | " GONE "\n", LEFT },
	{ "time=08:00:01 " GONE "\n", LEFT },
	{ "At 8 I saw " GONE "\n", "" },
	{ "time=08:00:01 " GONE "\ntime=08:00:02 " COMES "\n", BOTH },
};

/* Runs of blanks stand for one. */
static const struct shape blanks[] = {
	{ "[   44.123456] usb 3-6:  USB   disconnect, device number  11\n", LEFT },
	{ "[   44.123456] usb  3-6: USB disconnect,  device number 11\n", LEFT },
	{ "[   44.123456]    usb   3-6:   device not accepting address  14,   error -62\n",
	  "3-6 enumeration-failure" },
	{ "[   44.123456] usb 3-6: device   descriptor read/64,  error   -110\n",
	  "3-6 enumeration-failure" },
	{ "[   44.123456] usb\t3-6:\tUSB disconnect, device number\t11\n", LEFT },
	{ "Mar 12 08:00:01   otter   kernel:    usb 3-6:  USB disconnect, device  number 11\n",
	  LEFT },
	{ "Mar 12 08:00:01 otter kernel: [   44.123456]  hub 2-0:1.0:  unable to enumerate USB "
	  "device  on port 3\n",
	  "2-3 enumeration-failure" },
};

/* Terminals cut at their width, and some fill it up. */
static const struct shape wraps[] = {
	{ "[   44.123456] usb 3-6: USB disc\nonnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: USB disconnect, device number \n11\n", LEFT },
	{ "[   44.123456] usb 3-6: USB disconnect, device number 1\n1\n", LEFT },
	{ "[   44.123456] usb 3-6: USB disconnect, devi                          ce number 11\n",
	  LEFT },
	{ "[   44.123456] usb 3-6: USB disconnect, device                         number 11\n",
	  LEFT },
	{ "[   44.123456] usb 3-6: device                descriptor read/64, er               ror "
	  "-71\n",
	  "3-6 enumeration-failure" },
	{ "[   44.123456] usb 3-6: new full-speed USB device num\n             ber 12 using "
	  "xhci_hcd\n",
	  CAME },
	{ "[   44.123456] usb 3-6: device descriptor read/64, error -1\n10\n",
	  "3-6 enumeration-failure" },
	{ "Mar 12 08:00:01 otter kernel: [   44.123456] hub 2-0:1.0: unable to enumerate U\nSB "
	  "device on port 3\n",
	  "2-3 enumeration-failure" },
	{ "Mar 12 08:00:01 otter kernel: usb 3-\n6: USB disconnect, device number 11\n", LEFT },
	{ "Mar 12 08:00:01 otter ker\nnel: usb 3-6: USB disconnect, device number 11\n", LEFT },
	{ "[   44.12\n3456] usb 3-6: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: new full-speed USB device number 1\n2 using dwc2\n"
	  "eth0: link up\n",
	  CAME },
	/* Cut, and the rest is nowhere. */
	{ "[   44.123456] usb 3-6: USB disconnect, devic\n[   45.123456] " COMES "\n", BOTH },
	{ "[   44.123456] usb 3-6: USB disconnect\n[   45.123456] " COMES "\n", BOTH },
	{ "[   44.123456] usb 3-6: USB disconnect, device number\n", LEFT },
	{ "[   44.123456] usb 3-6: USB disconnect, device number N\n", "" },
	/* A number that could go on, and does not. */
	{ "[   44.123456] " GONE "\n6 hours later it came back:\n[   45.123456] " COMES "\n",
	  BOTH },
};

/* Pagers cut at the border of the screen, and say so. */
static const struct shape cuts[] = {
	{ "Mar 12 08:00:01 otter kernel: " GONE ">\n", LEFT },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: USB disconnect, device nu>\n", LEFT },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: USB disconnect, device nu\xe2\x80\xa6\n", LEFT },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: new full-speed USB device number 12 us>\n",
	  CAME },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: reset high-speed USB device number >\n",
	  "3-6 reset" },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: device descriptor read/64, er>\n",
	  "3-6 enumeration-failure" },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: device not accepting address 14, error ->\n",
	  "3-6 enumeration-failure" },
	{ "Mar 12 08:00:01 otter kernel: usb usb3-port6: unable to enumerate USB d>\n",
	  "3-6 enumeration-failure" },
	{ "Mar 12 08:00:01 otter kernel: usb usb3-port6: disabled by hub (EMI?), re->\n",
	  "3-6 emi-disable" },
	{ "Mar 12 08:00:01 otter kernel: xhci_hcd 0000:05:00.3: HC died; clea>\n",
	  "0000:05:00.3 controller-died" },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: Product: HC died>\n", "" },
	{ "Mar 12 08:00:01 otter kernel: usb 3-6: U>\n", "" },
};

/* What searches print before a line. */
static const struct shape hits[] = {
	{ "    Line  528: Mar 12 08:00:01 otter kernel: [   44.123456] " GONE "\n", LEFT },
	{ "\tLine 1027: [   44.123456] " GONE "\n", LEFT },
	{ "Ligne 12 : [   44.123456] " GONE "\n", LEFT },
	{ "Zeile 12: Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "528:[   44.123456] " GONE "\n", LEFT },
	{ "528-[   44.123456] " GONE "\n", LEFT },
	{ "528:Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "528-Mar 12 08:00:01 otter kernel: " GONE "\n--\n529:Mar 12 08:00:02 otter kernel: " COMES
	  "\n",
	  BOTH },
	{ "kern.log-528-Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "kern.log-Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "/var/log/kern.log.1-528-Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "/var/log/messages-20310312:528:Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "./boot.txt:12:34:[   44.123456] " GONE "\n", LEFT },
	{ "boot.txt:[   44.123456] " GONE "\n", LEFT },
	{ "boot.txt-[   44.123456] " GONE "\n", LEFT },
	{ "D:\\logs\\boot.txt(12): [   44.123456] " GONE "\n", LEFT },
	{ "(standard input):12:[   44.123456] " GONE "\n", LEFT },
	{ "12:" GONE "\n", LEFT },
	{ "12-" GONE "\n", LEFT },
	{ "     12\t[   44.123456] " GONE "\n", LEFT },
	{ "   12 | [   44.123456] " GONE "\n", LEFT },
	{ "   12 \xe2\x94\x82 [   44.123456] " GONE "\n", LEFT },
	{ "L12: [   44.123456] " GONE "\n", LEFT },
	{ "#12 [   44.123456] " GONE "\n", LEFT },
	{ "[12] [   44.123456] " GONE "\n", LEFT },
	{ "12.  [   44.123456] " GONE "\n", LEFT },
};

/* What terminals and pages add. */
static const struct shape pasted[] = {
	{ "user@otter:~$ sudo dmesg -w\n[   44.123456] " GONE "\n^C\nuser@otter:~$ \n", LEFT },
	{ "root@otter:/# [   44.123456] " GONE "\n", LEFT },
	{ "otter login: [   44.123456] " GONE "\n", LEFT },
	{ "# [   44.123456] " GONE "\n", LEFT },
	{ "\xe2\x94\x82[   44.123456] " GONE "          \xe2\x94\x82\n", LEFT },
	{ "> > [   44.123456] " GONE "\n", LEFT },
	{ "&gt; [   44.123456] " GONE "\n", LEFT },
	{ "\xef\xbb\xbf[   44.123456] " GONE "\r\n[   45.123456] " COMES "\r\n", BOTH },
	{ "[quote=\"otter, post:3, topic:12\"]\n[   44.123456] " GONE "\n[/quote]\n", LEFT },
	{ "[code=text][   44.123456] " GONE "\n[/code]\n", LEFT },
	{ "[   44.123456] usb 3\xe2\x80\x91"
	  "6: USB disconnect, device number 11\n",
	  LEFT },
	{ "[   44.123456] usb 3\xe2\x80\x93"
	  "6: USB\xc2\xa0"
	  "disconnect, device\xc2\xa0number 11\n",
	  LEFT },
	{ "\xe2\x80\x9c[   44.123456] " GONE "\xe2\x80\x9d\n", LEFT },
	{ "\"[   44.123456] " GONE "\"\n", LEFT },
	{ "'[   44.123456] " GONE "',\n", LEFT },
	{ "\"[   44.123456] " GONE "\",\n", LEFT },
	{ "* [   44.123456] `" GONE "`\n", LEFT },
	{ "| [   44.123456] | " GONE " |\n", LEFT },
	{ "\033[1m[   44.123456] \033[0m" GONE "\033[K\r\n", LEFT },
	{ "<div class=\"line\">[   44.123456] " GONE "</div>\n", LEFT },
	{ "2031-03-12 08:00:01,[   44.123456] " GONE "\n", LEFT },
	{ "08:00:01.123 -> [   44.123456] " GONE "\n", LEFT },
	{ "[   44.123456] " GONE "\n[   45.123456] " COMES "\n(END)\n", BOTH },
	{ ":[   44.123456] " GONE "\n", LEFT },
};

/* What containers, collectors and Android put before a line. */
static const struct shape collected[] = {
	{ "2031-03-12T08:00:01.250000000Z stdout F [   44.123456] " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000000+01:00 stderr F " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250000000Z stdout P <6>[   44.123456] " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250Z stdout F Mar 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250Z stdout F kern  :info  : [   44.123456] " GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250Z stdout F 6,812,44123456,-;" GONE "\n", LEFT },
	{ "2031-03-12T08:00:01.250Z stdout F Mar 12 08:00:01 otter prog[7]: " GONE "\n", "" },
	{ "2031-03-12T08:00:01.250Z stdout F I saw " GONE "\n", "" },
	{ "2031-03-12T08:00:01.250000000Z [   44.123456] " GONE "\n", LEFT },
	{ "kmsg-1  | [   44.123456] " GONE "\n", LEFT },
	{ "kmsg-1  | 2031-03-12T08:00:01.250000000Z [   44.123456] " GONE "\n", LEFT },
	{ "[pod/kmsg-x7k2p/reader] [   44.123456] " GONE "\n", LEFT },
	{ "kmsg-x7k2p reader [   44.123456] " GONE "\n", LEFT },
	{ "10.0.7.5: kern:    info: [2031-03-12T08:00:01.2500000Z]: " GONE "\n", LEFT },
	{ "10.0.7.5: kern:     err: [2031-03-12T08:00:01.2500000Z]: usb 3-6: device descriptor "
	  "read/64, error -71\n",
	  "3-6 enumeration-failure" },
	{ "10.0.7.5: user: warning: [2031-03-12T08:00:01.2500000Z]: " GONE "\n", "" },
	{ "[08:00:01.250][Moby           ][Info   ] [   44.123456] " GONE "\n", LEFT },
	{ "[2031-03-12 08:00:01.250] [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 10.0.7.5 [   44.123456] " GONE "\n", LEFT },
	{ "Mar 12 08:00:01 10.0.7.5 6,812,44123456,-;" GONE "\n", LEFT },
	{ "03-12 08:00:01.250     0     0 I usb 3-6 : USB disconnect, device number 11\n", LEFT },
	{ "03-12 08:00:01.250     0     0 I [   44.123456] " GONE "\n", LEFT },
	{ "03-12 08:00:01.250     0     0 I kernel  : " GONE "\n", LEFT },
	{ "03-12 08:00:01.250  root     0     0 I         : " GONE "\n", LEFT },
	{ "03-12 08:00:01.250     0     0 I kernel  : [   44.123456] " GONE "\n", LEFT },
	{ "03-12 08:00:01.250     0     0 I [   44.123456] (3)[6411:kworker/3:2]" GONE "\n", LEFT },
	{ "2031-03-12 08:00:01.250     0     0 I usb 3-6 : USB disconnect, device number 11\n",
	  LEFT },
	{ "2031-03-12 08:00:01.250 +0100     0     0 I usb 3-6 : USB disconnect, device number "
	  "11\n",
	  LEFT },
	{ "03-12 08:00:01.250  root     0     0 I usb 3-6 : USB disconnect, device number 11\n",
	  LEFT },
	{ "1962345601.250     0     0 I usb 3-6 : USB disconnect, device number 11\n", LEFT },
	{ "03-12 08:00:01.250 I/usb 3-6 (    0): USB disconnect, device number 11\n", LEFT },
	{ "03-12 08:00:01.250   812   812 I usb 3-6 : USB disconnect, device number 11\n", "" },
	{ "2031-03-12 08:00:01.250   812   812 I usb 3-6 : USB disconnect, device number 11\n",
	  "" },
	{ "[   44.123456] " GONE "^M\n[   45.123456] usb 3-6: USB disconnect^M\n", BOTH_LEFT },
};

/* Two messages without a newline in between. */
static const struct shape joined[] = {
	{ "[   44.123456] " GONE "<6>" COMES "\n", BOTH },
	{ "<6>" GONE "<7>" COMES "\n", BOTH },
	{ "[   44.123456] " GONE " <6>" COMES "\n", BOTH },
	{ "[   44.123456] " GONE "<6>[   45.123456] " COMES "\n", BOTH },
	{ "Mar 12 08:00:01 otter kernel: " GONE "<7>" COMES "\n", BOTH },
	{ "Mar 12 08:00:01 otter kernel: " GONE "<7>hub 3-0:1.0: debounce: port 6: total 100ms\n",
	  LEFT },
	{ "<7>hub 3-0:1.0: debounce: port 6: total 100ms<6>" GONE "\n", LEFT },
	{ "[   44.123456] " GONE " " COMES "\n", "" },
	{ "[   44.123456] usb 3-5: Product: x<6>" GONE "\n", "" },
};

/* Between the device and what is said of it. */
static const struct shape noise[] = {
	{ "[   44.123456] usb 3-6: [hub_port_connect] USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: [hub_port_connect]: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: hub_port_connect: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: hub_port_connect(): USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: <usb_disconnect> USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usb 3-6: (null): USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] [usb_disconnect] usb 3-6: USB disconnect, device number 11\n", LEFT },
	{ "[   44.123456] usbcore:usb_disconnect:2245: usb 3-6: USB disconnect, device number 11\n",
	  LEFT },
	{ "[   44.123456] hub 2-0:1.0: [hub_port_init] unable to enumerate USB device on port 3\n",
	  "2-3 enumeration-failure" },
	{ "[   44.123456] usb 3-6: [hub_port_init] device descriptor read/64, error -71\n",
	  "3-6 enumeration-failure" },
	{ "[   44.123456] usb 3-6: I saw that USB disconnect, device number 11\n", "" },
	{ "[   44.123456] usb 3-6: Product: [x] USB disconnect, device number 11\n", "" },
};

/* The first line of a copy often lacks its beginning. */
static const struct shape torn[] = {
	{ "ar 12 08:00:01 otter kernel: [   44.123456] " GONE "\n", LEFT },
	{ "r 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ " 12 08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "2 08:00:01 otter kernel: [   44.123456] " GONE "\n", LEFT },
	{ "08:00:01 otter kernel: " GONE "\n", LEFT },
	{ "8:00:01 otter kernel: " GONE "\n", LEFT },
	{ ":00:01 otter kernel: " GONE "\n", LEFT },
	{ "00:01 otter kernel: [   44.123456] " GONE "\n", LEFT },
	{ "tter kernel: [   44.123456] " GONE "\n", LEFT },
	{ "rnel: [   44.123456] " GONE "\n", LEFT },
	{ ": [   44.123456] " GONE "\n", LEFT },
	{ "31-03-12T08:00:01+0100 otter kernel: " GONE "\n", LEFT },
	{ "T08:00:01+0100 otter kernel: " GONE "\n", LEFT },
	{ "44.123456] " GONE "\n", LEFT },
	{ ".123456] " GONE "\n", LEFT },
	{ "456] " GONE "\n", LEFT },
	{ "] " GONE "\n", LEFT },
	{ "sb 3-6: USB disconnect, device number 11\n", LEFT },
	{ "3-6: USB disconnect, device number 11\n", LEFT },
	{ "Mar 12 08:00:01 otter prog[7]: see otter kernel: [   44.123456] " GONE "\n", "" },
};

/* Messages that are missing. */
static const struct shape lost[] = {
	{ "** 23 printk messages dropped **\n[   44.123456] " GONE "\n", "lost 23, " LEFT },
	{ "** 23 printk messages dropped ** [   44.123456] " GONE "\n", "lost 23, " LEFT },
	{ "[   44.123456] ** 23 printk messages dropped **\n[   44.200000] " GONE "\n",
	  "lost 23, " LEFT },
	{ "[   44.123456] " GONE "\n** 23 printk messages dropped **\n[   44.200000] " COMES "\n",
	  LEFT ", lost 23, " CAME },
	{ "Mar 12 08:00:01 otter systemd-journald[312]: Missed 23 kernel messages\n", "lost 23" },
	{ "Mar 12 08:00:01 otter systemd-journald[312]: Missed 23 kernel messages.\n", "lost 23" },
	{ "2031-03-12T08:00:01+0100 otter systemd-journald[312]: Missed 1 kernel messages\n",
	  "lost 1" },
	{ "[   44.123456] otter systemd-journald[312]: Missed 23 kernel messages\n", "lost 23" },
	{ "__CURSOR=x\n_TRANSPORT=driver\nMESSAGE=Missed 23 kernel messages\n\n", "lost 23" },
	{ "{\"_TRANSPORT\":\"driver\",\"MESSAGE\":\"Missed 23 kernel messages\"}\n", "lost 23" },
	{ "{\"_TRANSPORT\":\"stdout\",\"MESSAGE\":\"Missed 23 kernel messages\"}\n", "" },
	/* Of programs only. */
	{ "Mar 12 08:00:01 otter systemd-journald[312]: Suppressed 23 messages from "
	  "usb-relay.service\n",
	  "" },
	/* rsyslog */
	{ "Mar 12 08:00:01 otter kernel: message repeated 3 times: [" GONE "]\n", LEFT },
	{ "Mar 12 08:00:01 otter kernel: [   44.123456] message repeated 3 times: [ " GONE "]\n",
	  LEFT },
	{ "Mar 12 08:00:01 otter kernel: message repeated 3 times: [[   44.123456] " GONE "]\n",
	  LEFT },
};

/* What jq, editors and copies make of journalctl -o json. */
#define KERNEL "\"_TRANSPORT\":\"kernel\""
#define SAID   "\"MESSAGE\":\"" GONE "\""
static const struct shape json[] = {
	{ "[\n  {\n    \"_TRANSPORT\": \"kernel\",\n    \"MESSAGE\": \"" GONE "\"\n  },\n  {\n"
	  "    \"MESSAGE\": \"" COMES "\",\n    \"_TRANSPORT\": \"kernel\"\n  }\n]\n",
	  BOTH },
	{ "[{" KERNEL "," SAID "},{" KERNEL ",\"MESSAGE\":\"" COMES "\"}]\n", BOTH },
	{ "[\n{" KERNEL "," SAID "},\n{" KERNEL ",\"MESSAGE\":\"" COMES "\"}\n]\n", BOTH },
	/* A comma too many, no last brace, no first one, no comma. */
	{ "{" KERNEL "," SAID ",}\n", LEFT },
	{ "{" KERNEL "," SAID "\n", LEFT },
	{ "{" KERNEL "," SAID ",\"PRIORITY\":\"6\n", LEFT },
	{ KERNEL "," SAID "}\n", LEFT },
	{ "{" KERNEL " " SAID "}\n", LEFT },
	{ "{\n\t" KERNEL ",\n\t" SAID ",\n}\n", LEFT },
	{ "{\n\t" KERNEL "\n\t" SAID "\n", LEFT },
	{ "\t" KERNEL ",\n\t" SAID ",\n\t\"PRIORITY\" : \"6\"\n", LEFT },
	{ "\t" SAID ",\n\t" KERNEL "\n}\n{\n\t" KERNEL ",\n\t\"MESSAGE\" : \"" COMES "\"\n}\n",
	  BOTH },
	{ "{\n\t" SAID ",\n\n\t" KERNEL "\n}\n", LEFT },
	{ "{" KERNEL ",\n " SAID "}\n", LEFT },
	/* Other quotes, and quotes within a text. */
	{ "{'_TRANSPORT': 'kernel', 'MESSAGE': '" GONE "'}\n", LEFT },
	{ "{\xe2\x80\x9c_TRANSPORT\xe2\x80\x9d: \xe2\x80\x9ckernel\xe2\x80\x9d, "
	  "\xe2\x80\x9cMESSAGE\xe2\x80\x9d: \xe2\x80\x9c" GONE "\xe2\x80\x9d}\n",
	  LEFT },
	{ "{&quot;_TRANSPORT&quot;:&quot;kernel&quot;,&quot;MESSAGE&quot;:&quot;" GONE "&quot;}\n",
	  LEFT },
	{ "{\"_CMDLINE\":\"sh -c \"x\" y\"," KERNEL "," SAID "}\n", LEFT },
	{ "{\n\t\"_X\":\"a\\qb\",\n\t" KERNEL ",\n\t" SAID "\n}\n", LEFT },
	/* Quoted, with the ends of lines of Windows, from a stream. */
	{ "> {\n>     " KERNEL ",\n>     " SAID "\n> }\n", LEFT },
	{ "{\r\n\t" KERNEL ",\r\n\t" SAID "\r\n}\r\n", LEFT },
	{ "data: {" KERNEL "," SAID "}\n\n", LEFT },
	{ "\x1e{" KERNEL "," SAID "}\n", LEFT },
	/* Values of other types. */
	{ "{\n\t\"PRIORITY\" : 6,\n\t\"_X\" : null,\n\t\"_Y\" : true,\n\t\"_Z\" : [ ],\n\t" KERNEL
	  ",\n\t" SAID "\n}\n",
	  LEFT },
	{ "{\n\t\"_X\" : {\n\t\t\"MESSAGE\" : \"no\"\n\t},\n\t" SAID ",\n\t" KERNEL "\n}\n", LEFT },
	{ "{\n\t" KERNEL ",\n\t\"MESSAGE\" : [\n\t\t117,\n\t\t115,\n\t\t98,\n\t\t32,\n\t\t51,\n"
	  "\t\t45,\n\t\t54,\n\t\t58,\n\t\t32,\n\t\t85,\n\t\t83,\n\t\t66,\n\t\t32,\n\t\t100,\n"
	  "\t\t105,\n\t\t115,\n\t\t99,\n\t\t111,\n\t\t110,\n\t\t110,\n\t\t101,\n\t\t99,\n"
	  "\t\t116\n\t]\n}\n",
	  LEFT },
	/* The transport was not asked for. */
	{ "{\"SYSLOG_IDENTIFIER\":\"kernel\"," SAID "}\n", LEFT },
	{ "{\"SYSLOG_IDENTIFIER\":\"kernel\",\"_PID\":\"7\"," SAID "}\n", "" },
	/* No program can write any of this as the kernel. */
	{ "{\n\t\"_TRANSPORT\":\"stdout\",\n\t" SAID ",\n}\n", "" },
	{ "{\n\t\"_X\" : {\n\t\t" KERNEL ",\n\t\t" SAID "\n\t}\n}\n", "" },
	{ "{\"_TRANSPORT\":\"stdout\",\"MESSAGE\":\"x\\\",\\\"_TRANSPORT\\\":\\\"kernel\\\","
	  "\\\"MESSAGE\\\":\\\"" GONE "\\\"\",}\n",
	  "" },
	{ "{\n\t\"_TRANSPORT\":\"stdout\"\n[   44.123456] " GONE "\n", LEFT },
};

static int
differs(const struct shape *shape, size_t step)
{
	struct log_reading reading;

	log_read(&reading, NULL, shape->text, strlen(shape->text), step);
	if (strcmp(reading.observed, shape->observed) == 0)
		return 0;
	print_message("%s  read as \"%s\", not \"%s\"\n", shape->text, reading.observed,
		      shape->observed);
	return 1;
}

static void
reads(const struct shape *shapes, size_t n)
{
	int n_wrong = 0;

	for (size_t i = 0; i < n; i++)
		n_wrong += differs(&shapes[i], 0) || differs(&shapes[i], 1);
	assert_int_equal(n_wrong, 0);
}

static void
accepts_any_name_of_a_host(void **state)
{
	(void)state;
	reads(hosts, LS_COUNT(hosts));
}

static void
reads_syslog_without_a_tag(void **state)
{
	(void)state;
	reads(untagged, LS_COUNT(untagged));
}

static void
takes_a_run_of_blanks_for_one(void **state)
{
	(void)state;
	reads(blanks, LS_COUNT(blanks));
}

static void
joins_what_a_terminal_cut(void **state)
{
	(void)state;
	reads(wraps, LS_COUNT(wraps));
}

static void
reads_what_a_pager_cut(void **state)
{
	(void)state;
	reads(cuts, LS_COUNT(cuts));
}

/* Rows of @width characters; @filled: to the last, else a row ends at a blank. */
static void
wrap(char *dst, const char *text, size_t width, bool filled)
{
	size_t column = 0;

	for (; *text; text++) {
		bool is_full =
			filled ? column == width
			       : *text == ' ' && column + 1 + strcspn(text + 1, " \n") > width;

		if (*text != '\n' && is_full) {
			*dst++ = '\n';
			column = 0;
			if (!filled)
				continue; /* instead of the blank */
		}
		*dst++ = *text;
		column = *text == '\n' ? 0 : column + 1;
	}
	*dst = '\0';
}

/* Whatever the width of the terminal. */
static void
joins_rows_of_any_width(void **state)
{
	static const char text[] =
		"[   44.100000] usb 3-6: new high-speed USB device number 21 using xhci_hcd\n"
		"[   45.100000] " GONE "\n"
		"[   46.100000] usb 3-6: device descriptor read/64, error -110\n"
		"[   47.100000] usb 3-6: device not accepting address 14, error -62\n"
		"[   48.100000] usb usb3-port6: unable to enumerate USB device\n"
		"[   49.100000] usb 3-6: not running at top speed; connect to a high speed hub\n"
		"[   50.100000] usb usb3-port6: disabled by hub (EMI?), re-enabling...\n"
		"[   51.100000] xhci_hcd 0000:05:00.3: HC died; cleaning up\n";
	static const char observed[] =
		CAME ", " LEFT ", 3-6 enumeration-failure, 3-6 enumeration-failure, "
		     "3-6 enumeration-failure, 3-6 speed-downgrade, 3-6 emi-disable, "
		     "0000:05:00.3 controller-died";
	char rows[2 * sizeof(text)];
	struct log_reading reading;

	(void)state;
	for (size_t width = 50; width < 100; width++)
		for (int filled = 0; filled < 2; filled++) {
			wrap(rows, text, width, filled);
			log_read(&reading, NULL, rows, strlen(rows), 0);
			if (strcmp(reading.observed, observed) != 0)
				fail_msg("%zu columns:\n%s  read as \"%s\"", width, rows,
					 reading.observed);
		}
}

static void
reads_lists_of_hits(void **state)
{
	(void)state;
	reads(hits, LS_COUNT(hits));
}

static void
reads_copies_of_terminals_and_pages(void **state)
{
	(void)state;
	reads(pasted, LS_COUNT(pasted));
}

static void
reads_what_collectors_write(void **state)
{
	(void)state;
	reads(collected, LS_COUNT(collected));
}

static void
separates_joined_messages(void **state)
{
	(void)state;
	reads(joined, LS_COUNT(joined));
}

static void
skips_noise_before_a_message(void **state)
{
	(void)state;
	reads(noise, LS_COUNT(noise));
}

static void
reads_lines_without_their_beginning(void **state)
{
	(void)state;
	reads(torn, LS_COUNT(torn));
}

static void
notes_what_is_missing(void **state)
{
	(void)state;
	reads(lost, LS_COUNT(lost));
}

static void
reads_json_that_was_changed(void **state)
{
	(void)state;
	reads(json, LS_COUNT(json));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_any_name_of_a_host),
		cmocka_unit_test(reads_syslog_without_a_tag),
		cmocka_unit_test(takes_a_run_of_blanks_for_one),
		cmocka_unit_test(joins_what_a_terminal_cut),
		cmocka_unit_test(reads_what_a_pager_cut),
		cmocka_unit_test(joins_rows_of_any_width),
		cmocka_unit_test(reads_lists_of_hits),
		cmocka_unit_test(reads_copies_of_terminals_and_pages),
		cmocka_unit_test(reads_what_collectors_write),
		cmocka_unit_test(separates_joined_messages),
		cmocka_unit_test(skips_noise_before_a_message),
		cmocka_unit_test(reads_lines_without_their_beginning),
		cmocka_unit_test(notes_what_is_missing),
		cmocka_unit_test(reads_json_that_was_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
