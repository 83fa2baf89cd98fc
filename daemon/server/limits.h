#pragma once
/* Limits of what one client, and all of them, can use. */

#define SERVER_MAX_CLIENTS    64
#define SERVER_MAX_MESSAGE    (64 * 1024)
#define SERVER_MAX_QUEUED     (4 * 1024 * 1024) /* output to one client that does not read */
#define SERVER_PAGE	      256		/* rows a page, and the most that a client gets */
#define SERVER_PORTS_PAGE     64		/* ports of a report have errors by endpoint, too */
#define SERVER_INCIDENTS_PAGE 64 /* incidents carry their evidence: fewer fill a page */
