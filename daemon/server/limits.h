#pragma once
/* Limits of what one client, and all of them, can use. */

#define SERVER_MAX_CLIENTS   160 /* ten users who take all that they may */
#define SERVER_OWNER_CLIENTS 4	 /* more, for root only */
#define SERVER_USER_CLIENTS  16	 /* of one user */
#define SERVER_IDLE_SECONDS  30	 /* then a client that asks nothing gives way to one that comes */
#define SERVER_MAX_MESSAGE   (64 * 1024)
/* Output to one client that does not read, and to all of them. */
#define SERVER_MAX_QUEUED     (1024 * 1024)
#define SERVER_MAX_QUEUED_ALL (16 * 1024 * 1024)
#define SERVER_PAGE	      256 /* rows a page, and the most that a client gets */
#define SERVER_PORTS_PAGE     64  /* ports of a report have errors by endpoint, too */
#define SERVER_INCIDENTS_PAGE 64  /* incidents carry their evidence: fewer fill a page */
