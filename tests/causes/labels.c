#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/causes/labels.h"

#define N_COLUMNS 6
/* Experts read times off a page. */
#define AROUND_S 1.0
#define DAY_S	 86400

static int
parse_set(char *text, int (*from_name)(const char *name, unsigned int *ret), unsigned int *ret)
{
	*ret = 0;
	for (char *name = strtok(text, "|"); name; name = strtok(NULL, "|")) {
		unsigned int id;

		if (from_name(name, &id) < 0)
			return -EINVAL;
		*ret |= 1U << id;
	}
	return *ret ? 1 : -EINVAL;
}

static int
cause(const char *name, unsigned int *ret)
{
	enum ls_cause id = LS_CAUSE_UNKNOWN;
	int r = ls_cause_from_name(name, &id);

	*ret = (unsigned int)id;
	return r;
}

static int
side(const char *name, unsigned int *ret)
{
	enum ls_side id = LS_SIDE_UNKNOWN;
	int r = ls_side_from_name(name, &id);

	*ret = (unsigned int)id;
	return r;
}

static int
parse_when(const char *text, struct label *label)
{
	unsigned int hour, minute;
	char *end;

	label->at_s = -1;
	if (strcmp(text, "*") == 0)
		return 1;
	if (*text != '@') {
		label->number = (unsigned int)strtoul(text, &end, 10);
		return *end || !label->number ? -EINVAL : 1;
	}
	text++;
	if (strchr(text, ':')) {
		label->time_of_day = true;
		if (sscanf(text, "%u:%u:%lf", &hour, &minute, &label->at_s) != 3)
			return -EINVAL;
		label->at_s += hour * 3600 + minute * 60;
		return 1;
	}
	label->at_s = strtod(text, &end);
	return *end || label->at_s < 0 ? -EINVAL : 1;
}

static int
parse_drop(const char *text, struct label *label)
{
	bool either = strcmp(text, "either") == 0;

	label->drop_allowed[true] = either || strcmp(text, "yes") == 0;
	label->drop_allowed[false] = either || strcmp(text, "no") == 0;
	return label->drop_allowed[true] || label->drop_allowed[false] ? 1 : -EINVAL;
}

static int
parse(char *line, struct label *label)
{
	char *columns[N_COLUMNS], *rest = line;
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (n < N_COLUMNS && rest)
		columns[n++] = strsep(&rest, "\t");
	if (n < N_COLUMNS || strlen(columns[0]) >= sizeof(label->file) ||
	    strlen(columns[1]) >= sizeof(label->port))
		return -EINVAL;
	strcpy(label->file, columns[0]);
	strcpy(label->port, columns[1]);
	return parse_when(columns[2], label) < 0 ||
			       parse_set(columns[3], cause, &label->causes) < 0 ||
			       parse_set(columns[4], side, &label->sides) < 0 ||
			       parse_drop(columns[5], label) < 0
		       ? -EINVAL
		       : 1;
}

static int
read_all(FILE *file, const char *path, struct label **ret)
{
	char line[1024];
	int n = 0, number = 0;

	while (fgets(line, sizeof(line), file)) {
		struct label label = { 0 };
		struct label *more;

		number++;
		if (*line == '#' || *line == '\n')
			continue;
		if (parse(line, &label) < 0) {
			fprintf(stderr, "%s:%d: not a label\n", path, number);
			return -EINVAL;
		}
		more = realloc(*ret, (size_t)(n + 1) * sizeof(label));
		if (!more)
			return -ENOMEM;
		*ret = more;
		more[n++] = label;
	}
	return n;
}

int
labels_read(const char *path, struct label **ret)
{
	FILE *file = fopen(path, "r");
	int n;

	*ret = NULL;
	if (!file) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return -EINVAL;
	}
	n = read_all(file, path, ret);
	fclose(file);
	return n;
}

static bool
was_there(const struct label *label, const struct ls_incident *incident)
{
	/* Recordings have a date of their own making; a log without dates counts from 1970. */
	bool by_mono = incident->opened.real_us > (int64_t)(DAY_S * 365 * LS_SEC);
	double began =
		by_mono ? (double)incident->opened.mono_us : (double)incident->opened.real_us;
	double lasted = incident->open ? DAY_S * (double)LS_SEC
				       : (double)incident->closed.mono_us -
						 (double)incident->opened.mono_us;

	began /= (double)LS_SEC;
	if (label->time_of_day)
		began = (double)(incident->opened.real_us / (int64_t)LS_SEC % DAY_S);
	return label->at_s >= began - AROUND_S &&
	       label->at_s <= began + lasted / (double)LS_SEC + AROUND_S;
}

bool
label_fits(const struct label *label, const struct ls_incident *incident, const char *port,
	   unsigned int number)
{
	if (strcmp(label->port, "*") != 0 && strcmp(label->port, port) != 0)
		return false;
	if (label->number)
		return label->number == number;
	return label->at_s < 0 || was_there(label, incident);
}
