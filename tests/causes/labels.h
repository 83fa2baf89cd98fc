#pragma once
/* What experts make of incidents: labels/README.md has the format. */
#include "lib/model/record.h"

#define LABEL_FILE_MAX 128

struct label {
	char file[LABEL_FILE_MAX];
	char port[LS_ID_PATH_MAX]; /* "*": any */
	unsigned int number;	   /* of that file and port, from 1; 0: by time, or all … */
	double at_s;		   /* … the one that was there then; negative: all */
	bool time_of_day;
	unsigned int causes, sides; /* sets of 1 << enum */
	bool drop_allowed[2];	    /* [is it a drop] */
	bool used;
};

/* Reads @path. Their number, or -EINVAL with the reason on stderr. *ret is from malloc(). */
int labels_read(const char *path, struct label **ret);
/* @number: the how many-th of its file and port it is. */
bool label_fits(const struct label *label, const struct ls_incident *incident, const char *port,
		unsigned int number);
