#pragma once
/*
 * A capture of usbmon headers without their data, as pcapng in this machine's byte order: what
 * Wireshark and linkstat analyze read. Headers come from outside and are not trusted.
 */
#include "lib/base/base.h"

#define PCAPNG_HEAD_BYTES   48 /* what a file begins with */
#define PCAPNG_PACKET_BYTES 96

/* A section and its only interface, of link type 220. */
void pcapng_head(uint8_t bytes[PCAPNG_HEAD_BYTES]);

/*
 * One packet of @real_us: the header that @hex spells in 128 digits, less what would promise data
 * that is not there. 1, or -EBADMSG: @hex is something else.
 */
int pcapng_packet(int64_t real_us, const char *hex, uint8_t bytes[PCAPNG_PACKET_BYTES]);
