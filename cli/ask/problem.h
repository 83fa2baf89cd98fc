#pragma once
/* Errors of the connection to linkstatd, reported on stderr in plain sentences. */
#include "lib/base/base.h"
#include "lib/wire/wire.h"

/* @error as from client_open(). Gives the exit code. */
int problem_connecting(const char *socket, int error);
/* @error as from client_send() and client_receive(). Gives the exit code. */
int problem_talking(int error);
/* @reply is an error reply. Gives the exit code. */
int problem_reply(const json_t *reply);
/* The reply is JSON, but not what the contract says: @why. Gives the exit code. */
int problem_schema(const char *why);
/* The text of an error reply and its exit code, without printing. */
int problem_sentence(const json_t *reply, char *text, size_t size);
