#pragma once
/* The files of the database: whether they can be written, and moving one aside. */
#include <stdbool.h>
#include <stdint.h>

#define STORE_FILE_NAME "linkstat.db"

struct store;

/* Opens or makes the file once: errno says more than SQLITE_CANTOPEN. 0 or -errno. */
int store_file_probe(const char *path);
/* @companion: "-wal", "-shm", or "" for the database itself. */
bool store_file_exists(const char *path, const char *companion);
/* In bytes; -1: there is none. */
int64_t store_file_size(const char *path, const char *companion);
/* What root makes belongs to the owner of the directory, who comes after root. */
void store_file_give(int fd, const char *path);
/* Renames the database and its log; sets store->open_problem to @why and where. 0 or -errno. */
int store_file_move_aside(struct store *store, const char *why);
