#pragma once
/* The files of the database: whether they can be written, and how one is kept aside. */
#include <stdbool.h>

#define STORE_FILE_NAME "linkstat.db"

struct store;

/* What open(2) says of the file tells more than SQLite's SQLITE_CANTOPEN. 0 or -errno. */
int store_file_probe(const char *path);
/* A linkstatd that ends cleanly leaves no log behind; "": the database itself. */
bool store_file_exists(const char *path, const char *companion);
/* Renames the database with its log; store->open_trouble tells the new name and @why. 0 or -errno. */
int store_file_keep_aside(struct store *store, const char *why);
