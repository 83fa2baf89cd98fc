#pragma once
/*
 * --redact: what identifies a single device (serial number, UDID, ECID) becomes a
 * pseudonym, "id-3f9a2c01", in everything that linkstatd replies, before anything is printed. The same
 * string always has the same pseudonym on this computer and another one on others: it is keyed by
 * the machine id (HMAC-SHA256, sd_id128_get_machine_app_specific(3)), so that serial numbers cannot
 * be tried until one fits.
 *
 * Serial numbers are known by their place in a reply (Device.serial; the end of "05ac:12a8:SERIAL")
 * and then replaced wherever else they stand, also in later replies; what looks like an ECID, a UDID
 * or a serial number in a text ("ECID:…", "SerialNumber: …", "-u …", 40 hex digits) always is. So is the name
 * of a computer, which often is that of a person.
 */
#include "cli/base/set.h"
#include "lib/wire/wire.h"

/* Secrets of all replies so far: a text may contain what an earlier reply had as a serial number.
 * Zero has none. */
struct redaction {
	struct set secrets;
	bool knows_history; /* the serial numbers of all devices in it were asked for */
};

/* A whole reply. 0 or -ENOMEM. */
int redact_reply(struct redaction *redaction, json_t *reply);
/* A text by itself: a new string, to be freed; NULL if memory is short. */
char *redact_text(const struct redaction *redaction, const char *text);
void redact_done(struct redaction *redaction);
