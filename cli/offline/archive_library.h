#pragma once
/* libarchive, opened when an archive is. It brings libxml2, ICU and libstdc++ along. */
#include <archive.h>
#include <archive_entry.h>

#include "cli/base/library.h"

#define ARCHIVE_FUNCTIONS(DO)                                                                      \
	DO(archive_entry_filetype)                                                                 \
	DO(archive_entry_hardlink)                                                                 \
	DO(archive_entry_mtime)                                                                    \
	DO(archive_entry_mtime_is_set)                                                             \
	DO(archive_entry_pathname)                                                                 \
	DO(archive_entry_pathname_utf8)                                                            \
	DO(archive_error_string)                                                                   \
	DO(archive_filter_code)                                                                    \
	DO(archive_filter_count)                                                                   \
	DO(archive_format)                                                                         \
	DO(archive_read_data)                                                                      \
	DO(archive_read_free)                                                                      \
	DO(archive_read_new)                                                                       \
	DO(archive_read_next_header)                                                               \
	DO(archive_read_open)                                                                      \
	DO(archive_read_support_filter_bzip2)                                                      \
	DO(archive_read_support_filter_zstd)                                                       \
	DO(archive_read_support_format_empty)                                                      \
	DO(archive_read_support_format_raw)                                                        \
	DO(archive_read_support_format_tar)                                                        \
	DO(archive_read_support_format_zip_streamable)

/* Each under its own name. */
struct archive_library {
#define ARCHIVE_POINTER(name) __typeof__(name) *name;
	ARCHIVE_FUNCTIONS(ARCHIVE_POINTER)
#undef ARCHIVE_POINTER
};

/* NULL: it cannot be opened, for the reason @why. */
const struct archive_library *archive_library(char why[LIBRARY_WHY_MAX]);
