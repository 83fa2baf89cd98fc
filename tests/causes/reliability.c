/*
 * How far the causes of incidents and their probabilities are right: reliability [--leave-one-out |
 * --fit] LABELS DIRECTORY [LABELS DIRECTORY …], where the files named in LABELS are in DIRECTORY.
 * Prints what was said against what was right, by probability, and each incident that is wrong.
 *
 * --leave-one-out   judges each file by weights that were fitted to all others
 * --fit             prints the weights that fit all files best, where they differ from the table's
 *
 * reliability --list FILE… prints what is said now of each incident as lines of labels, to be corrected.
 *
 * 1: a label fits no incident; or a probability that was said often is off by more than 5 points; or,
 * without a source, a wrong answer is surer than the right one is with all of them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/engine/causes.h"
#include "tests/causes/facts.h"
#include "tests/causes/fit.h"
#include "tests/causes/labels.h"
#include "tests/causes/material.h"

#define MAX_FOUND 5000
#define MAX_FILES 2000
#define OFTEN	  20
#define POINTS	  0.05

struct found {
	struct ls_incident incident;
	const struct label *label;
	ls_source_set blind;
	char port[LS_ID_PATH_MAX];
	int file;
};

struct material {
	struct found found[MAX_FOUND];
	size_t n, n_unlabelled;
	/* The file being read. */
	struct label *labels;
	int n_labels;
	const char *name;
	ls_source_set blind;
	size_t first;
	char files[MAX_FILES][LABEL_FILE_MAX];
	int n_files;
};

/* ---- material ---- */

static unsigned int
number_of(const struct material *material, const char *port)
{
	unsigned int n = 1;

	for (size_t i = material->first; i < material->n; i++)
		n += strcmp(material->found[i].port, port) == 0;
	return n;
}

static void
take(const struct ls_incident *incident, void *user)
{
	struct material *material = user;
	struct found *found = &material->found[material->n];

	if (material->n == MAX_FOUND)
		return;
	*found = (struct found){
		.incident = *incident,
		.blind = material->blind,
		.file = material->n_files - 1,
	};
	material_port(incident, found->port);
	for (int i = 0; i < material->n_labels && !found->label; i++) {
		struct label *label = &material->labels[i];

		if (strcmp(label->file, material->name) != 0 ||
		    !label_fits(label, incident, found->port, number_of(material, found->port)))
			continue;
		found->label = label;
		label->used = true;
	}
	material->n++;
}

static int
read_file(struct material *material, const char *directory, const char *name)
{
	char path[4096];

	if (material->n_files == MAX_FILES)
		return -1;
	strcpy(material->files[material->n_files++], name);
	material->name = name;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	for (size_t i = 0; i < MATERIAL_N_BLIND; i++) {
		material->blind = material_blind[i];
		material->first = material->n;
		if (material_read(path, material_blind[i], take, material) < 0) {
			fprintf(stderr, "%s: cannot be read\n", path);
			return -1;
		}
	}
	return 0;
}

static bool
was_read(const struct material *material, int from, const char *name)
{
	for (int i = from; i < material->n_files; i++) {
		if (strcmp(material->files[i], name) == 0)
			return true;
	}
	return false;
}

/* The labels stay: what was found points to them. */
static int
read_labels(struct material *material, const char *path, const char *directory)
{
	int from = material->n_files, r = 0;

	material->n_labels = labels_read(path, &material->labels);
	if (material->n_labels < 0)
		return -1;
	for (int i = 0; i < material->n_labels && r == 0; i++) {
		if (!was_read(material, from, material->labels[i].file))
			r = read_file(material, directory, material->labels[i].file);
	}
	for (int i = 0; i < material->n_labels && r == 0; i++) {
		if (material->labels[i].used)
			continue;
		printf("%s: no incident fits the label of %s on %s\n", path,
		       material->labels[i].file, material->labels[i].port);
		r = 1;
	}
	return r;
}

/* ---- judgement ---- */

/* Upper ends of what is said, in percent. */
static const unsigned int bin_ends[] = { 60, 70, 80, 90, 95, 100 };

struct bin {
	unsigned int n, n_right;
	double said;
};

struct score {
	struct bin bins[LS_COUNT(bin_ends)];
	unsigned int n, n_right, n_unknown, n_side_right, n_drop_right;
	double log_loss;
};

static double
accepted(const struct found *found, const double said[LS_N_CAUSES])
{
	double sum = 0;

	for (size_t i = 0; i < LS_N_CAUSES; i++)
		sum += found->label->causes & 1U << i ? said[i] : 0;
	return sum;
}

static void
print_wrong(const struct material *material, const struct found *found,
	    const struct ls_incident *said)
{
	char facts[FACTS_TEXT_MAX];

	printf("%s: %s", said->cause == LS_CAUSE_UNKNOWN ? "not known" : "wrong",
	       material->files[found->file]);
	for (int i = 0; i < LS_N_SOURCES; i++) {
		if (found->blind & 1U << i)
			printf(" without %s", ls_source_name((enum ls_source)i));
	}
	facts_text(said->facts, facts);
	printf(" on %s at %.1f s: %s %.0f %% (%s); right is", found->port,
	       (double)said->opened.mono_us / LS_SEC, ls_cause_name(said->cause),
	       100 * said->confidence, facts);
	for (int i = 0; i < LS_N_CAUSES; i++) {
		if (found->label->causes & 1U << i)
			printf(" %s", ls_cause_name((enum ls_cause)i));
	}
	printf("\n");
}

static void
add_to_bin(struct score *score, double said, bool right)
{
	struct bin *bin = score->bins;

	while (100 * said >= bin_ends[bin - score->bins] &&
	       bin < &score->bins[LS_COUNT(bin_ends) - 1])
		bin++;
	bin->n++;
	bin->n_right += right;
	bin->said += said;
}

static void
judge(const struct material *material, const struct found *found, const struct weight_table *table,
      struct score *score)
{
	struct ls_incident said = found->incident;
	double probabilities[LS_N_CAUSES];
	bool right;

	ls_cause_probabilities(table, &said, probabilities);
	ls_cause_decide_by(table, &said);
	right = found->label->causes & 1U << said.cause;
	score->n++;
	score->n_right += right;
	score->n_unknown += said.cause == LS_CAUSE_UNKNOWN;
	score->n_side_right += (found->label->sides & 1U << said.side) != 0;
	/* The engine says of what is open still, and of what was cut off, that it is no drop yet. */
	score->n_drop_right += found->label->drop_allowed[found->incident.drop];
	score->log_loss -= log(fmax(accepted(found, probabilities), 1e-6));
	if (!right)
		print_wrong(material, found, &said);
	/* Which of several it was, the label does not tell: what is said is that it was one of them. */
	if (said.cause != LS_CAUSE_UNKNOWN)
		add_to_bin(score,
			   right ? fmax(said.confidence, fmin(accepted(found, probabilities), 0.98))
				 : said.confidence,
			   right);
}

/* How many are off. */
static int
print_score(const struct score *score)
{
	int n_off = 0;

	printf("\nsaid up to       n   mean said    right\n");
	for (size_t i = 0; i < LS_COUNT(bin_ends); i++) {
		const struct bin *bin = &score->bins[i];
		double n = bin->n ? bin->n : 1;
		bool off = bin->n >= OFTEN && fabs(bin->said - bin->n_right) > POINTS * n;

		printf("    %3u %%   %6u     %5.1f %%  %5.1f %%%s\n", bin_ends[i], bin->n,
		       100 * bin->said / n, 100 * bin->n_right / n, off ? "  off" : "");
		n_off += off;
	}
	printf("\n%u incidents: cause right %.1f %%, not known %u, side right %.1f %%, drop right "
	       "%.1f %%, log loss %.3f\n",
	       score->n, 100.0 * score->n_right / score->n, score->n_unknown,
	       100.0 * score->n_side_right / score->n, 100.0 * score->n_drop_right / score->n,
	       score->log_loss / score->n);
	return n_off;
}

/* ---- fits ---- */

/* What a file shows again and again, or without a source as well as with it, counts once. */
static bool
is_repeated(const struct material *material, size_t place)
{
	const struct found *found = &material->found[place];

	for (size_t i = place; i-- > 0 && material->found[i].file == found->file;) {
		const struct found *before = &material->found[i];

		if (before->label == found->label &&
		    before->incident.facts == found->incident.facts &&
		    before->incident.sources == found->incident.sources)
			return true;
	}
	return false;
}

static void
leave_unlabelled_and_repeated_out(struct material *material)
{
	size_t n = 0;

	for (size_t i = 0; i < material->n; i++)
		material->n_unlabelled += !material->found[i].label;
	for (size_t i = material->n; i-- > 0;)
		if (is_repeated(material, i))
			material->found[i].label = NULL;
	for (size_t i = 0; i < material->n; i++) {
		if (material->found[i].label)
			material->found[n++] = material->found[i];
	}
	material->n = n;
}

static void
make_examples(const struct material *material, struct example *examples)
{
	for (size_t i = 0; i < material->n; i++) {
		examples[i] = (struct example){
			.incident = &material->found[i].incident,
			.causes = material->found[i].label->causes,
			.weight = 1,
			.file = material->found[i].file,
		};
	}
}

static void
leave_one_out(const struct material *material, const struct example *examples, struct score *score)
{
	static struct weights rows[WEIGHTS_MAX];
	const struct weight_table table = { rows, weight_table.n };
	int fitted = -1;

	for (size_t i = 0; i < material->n; i++) {
		if (material->found[i].file != fitted)
			fit(rows, examples, material->n, material->found[i].file);
		fitted = material->found[i].file;
		judge(material, &material->found[i], &table, score);
	}
}

static void
print_fit(const struct material *material, const struct example *examples, struct score *score)
{
	static struct weights rows[WEIGHTS_MAX];
	const struct weight_table table = { rows, weight_table.n };

	fit(rows, examples, material->n, -1);
	for (size_t i = 0; i < table.n; i++) {
		for (int cause = 0; cause < LS_N_CAUSES; cause++) {
			double now = weight_table.rows[i].cause[cause];

			if (fabs(rows[i].cause[cause] - now) >= 0.1)
				printf("row %zu (%s): %s %.1f, is %.1f\n", i,
				       rows[i].why ? rows[i].why : "-",
				       ls_cause_name((enum ls_cause)cause), rows[i].cause[cause],
				       now);
		}
	}
	for (size_t i = 0; i < material->n; i++)
		judge(material, &material->found[i], &table, score);
}

/* ---- fewer sources ---- */

/* What is said of the same incident with all sources. */
static const struct found *
in_full(const struct material *material, const struct found *blind)
{
	for (size_t i = 0; i < material->n; i++) {
		const struct found *found = &material->found[i];

		if (!found->blind && found->file == blind->file && found->label == blind->label)
			return found;
	}
	return NULL;
}

/* How many wrong answers are surer than the right one that all sources give. */
static int
print_surer(const struct material *material)
{
	int n = 0;

	for (size_t i = 0; i < material->n; i++) {
		const struct found *blind = &material->found[i];
		const struct found *full = blind->blind ? in_full(material, blind) : NULL;

		if (!full || blind->label->causes & 1U << blind->incident.cause ||
		    !(full->label->causes & 1U << full->incident.cause) ||
		    blind->incident.confidence <= full->incident.confidence)
			continue;
		printf("surer than the right answer with all sources, %s %.0f %%:\n  ",
		       ls_cause_name(full->incident.cause), 100 * full->incident.confidence);
		print_wrong(material, blind, &blind->incident);
		n++;
	}
	return n;
}

/* ---- main ---- */

static void
list(const struct ls_incident *incident, void *user)
{
	struct material *material = user;
	unsigned int number;

	take(incident, material);
	number = number_of(material, material->found[material->n - 1].port) - 1;
	printf("%s\t%s\t%u\t%s\t%s\t%s\n", material->name, material->found[material->n - 1].port,
	       number, ls_cause_name(incident->cause), ls_side_name(incident->side),
	       incident->drop ? "yes" : "no");
}

static int
list_files(struct material *material, char **files)
{
	int r = 0;

	for (; *files; files++) {
		material->name = *files;
		material->first = material->n;
		if (material_read(*files, 0, list, material) < 0)
			r = 2;
	}
	return r;
}

int
main(int argc, char **argv)
{
	static struct material material;
	struct score score = { 0 };
	static struct example examples[MAX_FOUND];
	const char *how = argc > 1 && argv[1][0] == '-' ? argv[1] : "";
	int r = 0, first = *how ? 2 : 1;

	if (strcmp(how, "--list") == 0)
		return list_files(&material, argv + first);
	if (argc < first + 2 || (argc - first) % 2) {
		fprintf(stderr, "usage: reliability [--leave-one-out | --fit] LABELS DIRECTORY…\n");
		return 2;
	}
	for (int i = first; i < argc && r >= 0; i += 2)
		r |= read_labels(&material, argv[i], argv[i + 1]);
	if (r < 0)
		return 2;
	leave_unlabelled_and_repeated_out(&material);
	make_examples(&material, examples);
	if (strcmp(how, "--leave-one-out") == 0)
		leave_one_out(&material, examples, &score);
	else if (strcmp(how, "--fit") == 0)
		print_fit(&material, examples, &score);
	for (size_t i = 0; !*how && i < material.n; i++)
		judge(&material, &material.found[i], &weight_table, &score);
	printf("%zu incidents have no label\n", material.n_unlabelled);
	if (!*how && print_surer(&material) > 0)
		r = 1;
	return r | (print_score(&score) > 0 && !*how);
}
