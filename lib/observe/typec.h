#pragma once
/*
 * What Linux reports of a Type-C connector and the cable in it: texts of /sys/class/typec/portN
 * (Documentation/ABI/testing/sysfs-class-typec). The identity of a cable is that of its e-marker,
 * which its maker wrote there: it names a model and not a specimen.
 */
#include "lib/base/base.h"

#define LS_TYPEC_WORD_MAX 24

/* Unknown: "" and 0. All text is clean. */
struct ls_typec {
	char orientation[LS_TYPEC_WORD_MAX]; /* "normal", "reverse", "unknown" */
	char power_role[LS_TYPEC_WORD_MAX];  /* of this computer: "source", "sink" */
	uint16_t partner_vid, partner_pid;   /* 0: not reported */
	bool has_cable;
	struct ls_typec_cable {
		char type[LS_TYPEC_WORD_MAX]; /* "passive", "active" */
		char plug[LS_TYPEC_WORD_MAX]; /* of its other end, "type-c", "captive" */
		uint16_t vid, pid;
		const char *speed;   /* "" unknown */
		uint16_t current_ma; /* 0 unknown */
	} cable;
};

/* The word in brackets ("[source] sink"), else the first one; "" if that is no plain word. */
void ls_typec_word(const char *text, size_t len, char ret[LS_TYPEC_WORD_MAX]);

/* "0x18005678\n", a 32-bit object of USB Power Delivery; 0 for anything else. */
uint32_t ls_typec_object(const char *text, size_t len);

/* USB PD 3.1, 6.4.4.3: vendor in the ID header, product in the product object. */
uint16_t ls_typec_vid(uint32_t id_header);
uint16_t ls_typec_pid(uint32_t product);

/* USB PD 3.1, tables 6-42 and 6-43: what the e-marker promises, from its first cable object. 0 is
 * one that was not read. */
void ls_typec_cable_vdo(uint32_t vdo1, struct ls_typec_cable *cable);
