#pragma once
/*
 * --redact: what tells one specimen from all others (serial numbers, UDIDs, ECIDs) becomes a
 * pseudonym, "id-3f9a2c01", in everything that linkstatd says, before anything is printed. The same
 * string has the same pseudonym for ever on this computer and another one on others: it is keyed by
 * the machine id (HMAC-SHA256, sd_id128_get_machine_app_specific(3)), so that nobody can try serial
 * numbers until one fits.
 *
 * Serial numbers are known by their place in a reply (Device.serial; the end of "05ac:12a8:SERIAL")
 * and then replaced wherever else they stand, also in later replies; what looks like an ECID, a UDID
 * or a serial number in a text ("ECID:…", "SerialNumber: …", 40 hex digits) always is.
 */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

/* A whole reply. 0 or -ENOMEM. */
int redact_reply(json_t *reply);
/* A text by itself: a new string, to be freed; NULL if memory is short. */
char *redact_text(const char *text);
