#pragma once
/* What every file needs: sizes, ownership of locals, an instant in time. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LS_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define LS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Gives @ptr's value away and leaves NULL behind. */
#define LS_STEAL(ptr)                                                                              \
	__extension__({                                                                            \
		__typeof__(*(ptr)) *steal_ = (ptr);                                                \
		__typeof__(*(ptr)) stolen_ = *steal_;                                              \
		*steal_ = NULL;                                                                    \
		stolen_;                                                                           \
	})

/* LS_DEFINE_AUTO(x) lets `ls_auto(x) *p` call x_free(p) at the end of its scope. */
#define LS_DEFINE_AUTO(type)                                                                       \
	static inline void type##_free_auto(struct type **ptr)                                     \
	{                                                                                          \
		type##_free(*ptr);                                                                 \
	}
#define ls_auto(type) __attribute__((cleanup(type##_free_auto))) struct type

/* Kernel name of a port: "1-1.4", a root hub "usb1"; bus up to 5 digits, 6 tiers of 2 digits. */
#define LS_PORT_NAME_MAX 32
/* udev ID_PATH of a port, "pci-0000:00:14.0-usb-0:1.4", or of a controller, "pci-0000:00:14.0". */
#define LS_ID_PATH_MAX 128
/* A USB string is at most 126 UTF-16 units; longer ones after cleaning are cut and end in "…". */
#define LS_STRING_MAX 400
/* One clean line of text for people. */
#define LS_TEXT_MAX 240
/* Label of a cable or socket, see lib/base/label.h. */
#define LS_LABEL_MAX 64

#define LS_NEVER UINT64_MAX
#define LS_MS	 UINT64_C(1000)
#define LS_SEC	 UINT64_C(1000000)

/*
 * One moment on two clocks, both in microseconds. @mono_us is CLOCK_MONOTONIC (the kernel log's
 * clock is within some 10 ms of it) and orders things; @real_us is CLOCK_REALTIME since 1970, may
 * jump, and is only for display.
 */
struct ls_instant {
	uint64_t mono_us;
	int64_t real_us;
};
