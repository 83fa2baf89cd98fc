#pragma once
/*
 * Logs of programs that restore Apple devices, as the story of one attempt: its phases, in which mode
 * the device was, where and with which words and code it failed. Read are the log and the console
 * output of idevicerestore, the logs of Finder, Apple Configurator, iTunes and Apple Devices, and the
 * output of pymobiledevice3. Bytes in, constant memory; other lines are passed over.
 */
#include "lib/logs/text.h"
#include "lib/model/job.h"

#define LS_RESTORE_PHASES 96 /* the first ones, and the last one */
#define LS_RESTORE_WORDS  160

/* Who wrote it: name, and name for people. */
#define LS_RESTORE_TOOLS(X)                                                                        \
	X(LS_RESTORE_UNKNOWN_TOOL, "unknown", "a restore program")                                 \
	X(LS_RESTORE_IDEVICERESTORE, "idevicerestore", "idevicerestore")                           \
	X(LS_RESTORE_APPLE, "apple", "Finder, iTunes or Apple Configurator")                       \
	X(LS_RESTORE_WINDOWS, "apple-windows", "iTunes or Apple Devices on Windows")               \
	X(LS_RESTORE_PYMOBILEDEVICE, "pymobiledevice3", "pymobiledevice3")

enum ls_restore_tool { LS_RESTORE_TOOLS(LS_ENUM_ID) LS_N_RESTORE_TOOLS };

/* Name, and what it is for people: "" no mode. */
#define LS_RESTORE_MODES(X)                                                                        \
	X(LS_RESTORE_NO_MODE, "unknown", "")                                                       \
	X(LS_RESTORE_GONE, "disconnected", "disconnected")                                         \
	X(LS_RESTORE_IN_NORMAL, "normal", "normal mode")                                           \
	X(LS_RESTORE_IN_RECOVERY, "recovery", "recovery mode")                                     \
	X(LS_RESTORE_IN_DFU, "dfu", "DFU mode")                                                    \
	X(LS_RESTORE_IN_RESTORE, "restore", "restore mode")

enum ls_restore_mode { LS_RESTORE_MODES(LS_ENUM_ID) LS_N_RESTORE_MODES };

enum ls_restore_end { LS_RESTORE_END_UNKNOWN, LS_RESTORE_DONE, LS_RESTORE_FAILED };

/* Why it failed, as far as its log says: name, and a sentence. */
#define LS_RESTORE_STORIES(X)                                                                      \
	X(LS_RESTORE_NO_STORY, "unknown", "This log does not say what became of the link.")        \
	X(LS_RESTORE_RESTARTED, "restarted",                                                       \
	  "The device left restore mode and came back in another mode: it restarted. Look at its " \
	  "power, its battery and its firmware before the cable.")                                 \
	X(LS_RESTORE_NOT_STARTED, "not-started",                                                   \
	  "The device never came to restore mode: it refused to start the restore system, or "     \
	  "restarted at once. Take the newest firmware and program first.")                        \
	X(LS_RESTORE_UPLOAD, "upload",                                                             \
	  "It failed while files were sent in recovery or DFU mode: the link was lost, or the "    \
	  "device refused a file. Try another port of the computer itself, then another cable.")   \
	X(LS_RESTORE_LOST, "lost",                                                                 \
	  "The connection ended in restore mode. Whether the link was lost or the device "         \
	  "restarted, only a kernel log or linkstatd tells.")

enum ls_restore_story { LS_RESTORE_STORIES(LS_ENUM_ID) LS_N_RESTORE_STORIES };

struct ls_restore_phase {
	int64_t at_us;		   /* as in struct ls_instant: real time, or since midnight */
	enum ls_restore_mode mode; /* it changed to this; else @text says what began */
	char text[LS_RESTORE_WORDS];
};

struct ls_restore_attempt {
	enum ls_restore_tool tool;
	enum ls_restore_end end;
	enum ls_restore_story story;
	int code;		      /* that Apple's programs show; 0 none */
	char words[LS_RESTORE_WORDS]; /* the first line that says that it failed, "" none */
	struct ls_job_place place;    /* where it was then */
	enum ls_restore_mode in_mode; /* the last one before it failed */
	int64_t began_us, ended_us, failed_us; /* 0: not known */
	bool dated;			       /* else times are those of a day */
	struct ls_restore_phase phases[LS_RESTORE_PHASES];
	size_t n_phases;
	/* Statuses of USB on Windows: of the wire, no answer, stalls. */
	unsigned int n_wire, n_timeouts, n_stalls;
	uint64_t lines, read_lines;
};

struct ls_restore_reader;

/* Do these first bytes of a file come from such a program? */
bool ls_restore_is_one(const char *bytes, size_t len);
/* @options as for ls_log_text_new(). 0 or -ENOMEM. */
int ls_restore_reader_new(const struct ls_log_text_options *options,
			  struct ls_restore_reader **ret);
void ls_restore_reader_free(struct ls_restore_reader *reader); /* NULL is fine */
LS_DEFINE_AUTO(ls_restore_reader)

void ls_restore_reader_feed(struct ls_restore_reader *reader, const char *bytes, size_t len);
/* The end of the file. Borrowed from @reader. */
const struct ls_restore_attempt *ls_restore_reader_finish(struct ls_restore_reader *reader);

/*
 * "restore_000914de0a123456_1760000000.log" of idevicerestore: when that day began, for logs with
 * times of day only; 0: another name.
 */
int64_t ls_restore_day_of_name(const char *file, int64_t utc_offset_us);

/* Names in JSON, and for people. Never NULL. */
const char *ls_restore_tool_name(enum ls_restore_tool tool);
const char *ls_restore_tool_words(enum ls_restore_tool tool);
const char *ls_restore_mode_name(enum ls_restore_mode mode);
const char *ls_restore_mode_words(enum ls_restore_mode mode);
const char *ls_restore_story_name(enum ls_restore_story story);
const char *ls_restore_story_words(enum ls_restore_story story);
