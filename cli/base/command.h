#pragma once
/* One function a command; each gives an enum cli_exit and has told the person all there is. */
struct cli;

int status_run(const struct cli *cli);
int report_run(const struct cli *cli);
int log_run(const struct cli *cli);
int incidents_run(const struct cli *cli);
int show_run(const struct cli *cli);
int watch_run(const struct cli *cli);
int top_run(const struct cli *cli);
int analyze_run(const struct cli *cli);
int cable_run(const struct cli *cli);
int export_run(const struct cli *cli);
int name_run(const struct cli *cli);
int jobs_run(const struct cli *cli);
int job_run(const struct cli *cli); /* gives the exit code of the command that it runs */
int check_run(const struct cli *cli);
int import_run(const struct cli *cli);
int diagnose_run(const struct cli *cli);
