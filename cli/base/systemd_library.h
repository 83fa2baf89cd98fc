#pragma once
/* libsystemd, opened when it is first used: with libgcrypt and others it is half of a start. */
#include <systemd/sd-bus.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

#include "cli/base/library.h"

#define SYSTEMD_FUNCTIONS(DO)                                                                      \
	DO(sd_bus_call)                                                                            \
	DO(sd_bus_close_unref)                                                                     \
	DO(sd_bus_flush_close_unref)                                                               \
	DO(sd_bus_get_property_string)                                                             \
	DO(sd_bus_get_property_trivial)                                                            \
	DO(sd_bus_is_ready)                                                                        \
	DO(sd_bus_message_append)                                                                  \
	DO(sd_bus_message_new_method_call)                                                         \
	DO(sd_bus_message_read)                                                                    \
	DO(sd_bus_message_unref)                                                                   \
	DO(sd_bus_open_system)                                                                     \
	DO(sd_bus_process)                                                                         \
	DO(sd_bus_set_method_call_timeout)                                                         \
	DO(sd_bus_wait)                                                                            \
	DO(sd_id128_from_string)                                                                   \
	DO(sd_id128_get_boot_app_specific)                                                         \
	DO(sd_id128_get_machine)                                                                   \
	DO(sd_id128_get_machine_app_specific)                                                      \
	DO(sd_id128_to_string)                                                                     \
	DO(sd_journal_add_conjunction)                                                             \
	DO(sd_journal_add_disjunction)                                                             \
	DO(sd_journal_add_match)                                                                   \
	DO(sd_journal_close)                                                                       \
	DO(sd_journal_enumerate_available_unique)                                                  \
	DO(sd_journal_flush_matches)                                                               \
	DO(sd_journal_get_data)                                                                    \
	DO(sd_journal_get_monotonic_usec)                                                          \
	DO(sd_journal_get_realtime_usec)                                                           \
	DO(sd_journal_next)                                                                        \
	DO(sd_journal_open)                                                                        \
	DO(sd_journal_open_directory)                                                              \
	DO(sd_journal_open_files)                                                                  \
	DO(sd_journal_previous)                                                                    \
	DO(sd_journal_query_unique)                                                                \
	DO(sd_journal_seek_head)                                                                   \
	DO(sd_journal_seek_tail)                                                                   \
	DO(sd_journal_set_data_threshold)

/* Each under its own name. */
struct systemd_library {
#define SYSTEMD_POINTER(name) __typeof__(name) *name;
	SYSTEMD_FUNCTIONS(SYSTEMD_POINTER)
#undef SYSTEMD_POINTER
};

/* NULL: it is not there. */
const struct systemd_library *systemd(void);
