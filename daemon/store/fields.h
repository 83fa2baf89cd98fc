#pragma once
/*
 * Which member of a struct is kept in which column, once: how a row is written and read (row.c) and
 * the lists of columns in SQL are all made of this. X(type, column, member).
 */

#define STORE_INSTANT_FIELDS(X, column, member)                                                    \
	X(I64, column##_mono, member.mono_us)                                                      \
	X(I64, column##_real, member.real_us)

#define STORE_IDENTITY_FIELDS(X)                                                                   \
	X(U16, vid, vid)                                                                           \
	X(U16, pid, pid)                                                                           \
	X(TEXT, serial, serial)

#define STORE_DESCRIPTION_FIELDS(X)                                                                \
	X(U16, bcd_device, bcd_device)                                                             \
	X(U8, class, device_class)                                                                 \
	X(U8, n_configurations, n_configurations)                                                  \
	X(U8, i_manufacturer, i_manufacturer)                                                      \
	X(U8, i_product, i_product)                                                                \
	X(U8, i_serial, i_serial)                                                                  \
	X(U8, n_endpoints, n_endpoints)                                                            \
	X(U8, n_ports, n_ports)                                                                    \
	X(U16, max_power_ma, max_power_ma)                                                         \
	X(U32, speed, speed)                                                                       \
	X(BOOL, remote_wakeup, remote_wakeup)                                                      \
	X(TEXT, product, product)                                                                  \
	X(TEXT, manufacturer, manufacturer)

#define STORE_SESSION_FIELDS(X)                                                                    \
	X(TEXT, name, socket.name)                                                                 \
	X(TEXT, link, link)                                                                        \
	X(U16, devnum, devnum)                                                                     \
	STORE_INSTANT_FIELDS(X, began, began)                                                      \
	STORE_INSTANT_FIELDS(X, ended, ended)                                                      \
	X(I64, connected_us, connected_us)                                                         \
	X(I64, metered_us, metered_us)                                                             \
	X(I64, flowing_us, flowing_us)                                                             \
	X(I64, neighbour_us, neighbour_us)                                                         \
	STORE_INSTANT_FIELDS(X, present_since, present_since)                                      \
	X(BOOL, open, open)                                                                        \
	X(BOOL, present, present)                                                                  \
	X(BOOL, cable_assumed, cable_assumed)                                                      \
	X(TEXT, mode, mode)

#define STORE_INCIDENT_FIELDS(X)                                                                   \
	X(TEXT, name, socket.name)                                                                 \
	X(ID, session, session)                                                                    \
	STORE_INSTANT_FIELDS(X, opened, opened)                                                    \
	STORE_INSTANT_FIELDS(X, closed, closed)                                                    \
	X(BOOL, open, open)                                                                        \
	X(BOOL, settled, settled)                                                                  \
	X(CAUSE, cause, cause)                                                                     \
	X(SIDE, side, side)                                                                        \
	X(BOOL, is_drop, drop)                                                                     \
	X(REAL, confidence, confidence)                                                            \
	X(TEXT, why, why)                                                                          \
	X(BOOL, back, back)                                                                        \
	X(I64, back_after_us, back_after_us)                                                       \
	X(U32, n_disconnects, n_disconnects)                                                       \
	X(U32, n_resets, n_resets)                                                                 \
	X(U32, n_enum_failures, n_enum_failures)                                                   \
	X(U32, n_over_currents, n_over_currents)                                                   \
	X(U32, n_children, n_children)                                                             \
	X(U32, sources, sources)                                                                   \
	X(I64, facts, facts)                                                                       \
	X(U32, n_evidence, n_evidence)                                                             \
	X(TEXT, mode, mode)                                                                        \
	X(BOOL, mode_resting, mode_resting)                                                        \
	X(I64, in_mode_us, in_mode_us)                                                             \
	X(TEXT, mode_after, mode_after)                                                            \
	STORE_INSTANT_FIELDS(X, gone, gone)

#define STORE_EVIDENCE_FIELDS(X)                                                                   \
	STORE_INSTANT_FIELDS(X, at, at)                                                            \
	X(SOURCE, source, source)                                                                  \
	X(TEXT, what, what)

#define STORE_EVENT_FIELDS(X)                                                                      \
	STORE_INSTANT_FIELDS(X, at, at)                                                            \
	X(TEXT, name, socket.name)                                                                 \
	X(KIND, kind, kind)                                                                        \
	X(SOURCE, source, source)                                                                  \
	X(ID, incident, incident)                                                                  \
	X(TEXT, what, what)

#define STORE_GAP_FIELDS(X)                                                                        \
	X(GAP_KIND, kind, kind)                                                                    \
	X(SOURCE, source, source)                                                                  \
	STORE_INSTANT_FIELDS(X, began, began)                                                      \
	STORE_INSTANT_FIELDS(X, ended, ended)                                                      \
	X(BOOL, open, open)                                                                        \
	X(U32, n_lost, n_lost)                                                                     \
	X(TEXT, reason, reason)

/* For X, in SQL: a list of the columns, alone or of the row r, d or v, … */
#define COLUMN(type, column, member)	  ", " #column
#define COLUMN_OF_R(type, column, member) ", r." #column
#define COLUMN_OF_D(type, column, member) ", d." #column
#define COLUMN_OF_V(type, column, member) ", v." #column
/* … a parameter for each, the update of each, and whether all are as given. */
#define PARAMETER(type, column, member) ", ?"
#define UPDATE(type, column, member)	", " #column " = excluded." #column
#define EQUALS(type, column, member)	" AND " #column " = ?"

#define EVENT_COLUMNS	       STORE_EVENT_FIELDS(COLUMN)
#define EVENT_PARAMETERS       STORE_EVENT_FIELDS(PARAMETER)
#define EVENT_OF_R	       STORE_EVENT_FIELDS(COLUMN_OF_R)
#define GAP_COLUMNS	       STORE_GAP_FIELDS(COLUMN)
#define GAP_PARAMETERS	       STORE_GAP_FIELDS(PARAMETER)
#define GAP_UPDATES	       STORE_GAP_FIELDS(UPDATE)
#define GAP_OF_R	       STORE_GAP_FIELDS(COLUMN_OF_R)
#define EVIDENCE_COLUMNS       STORE_EVIDENCE_FIELDS(COLUMN)
#define EVIDENCE_PARAMETERS    STORE_EVIDENCE_FIELDS(PARAMETER)
#define SESSION_COLUMNS	       STORE_SESSION_FIELDS(COLUMN)
#define SESSION_PARAMETERS     STORE_SESSION_FIELDS(PARAMETER)
#define SESSION_UPDATES	       STORE_SESSION_FIELDS(UPDATE)
#define SESSION_OF_R	       STORE_SESSION_FIELDS(COLUMN_OF_R)
#define INCIDENT_COLUMNS       STORE_INCIDENT_FIELDS(COLUMN)
#define INCIDENT_PARAMETERS    STORE_INCIDENT_FIELDS(PARAMETER)
#define INCIDENT_UPDATES       STORE_INCIDENT_FIELDS(UPDATE)
#define INCIDENT_OF_R	       STORE_INCIDENT_FIELDS(COLUMN_OF_R)
#define IDENTITY_COLUMNS       STORE_IDENTITY_FIELDS(COLUMN)
#define IDENTITY_PARAMETERS    STORE_IDENTITY_FIELDS(PARAMETER)
#define IDENTITY_EQUALS	       STORE_IDENTITY_FIELDS(EQUALS)
#define DESCRIPTION_COLUMNS    STORE_DESCRIPTION_FIELDS(COLUMN)
#define DESCRIPTION_PARAMETERS STORE_DESCRIPTION_FIELDS(PARAMETER)
#define DESCRIPTION_EQUALS     STORE_DESCRIPTION_FIELDS(EQUALS)
#define DEVICE_COLUMNS	       STORE_IDENTITY_FIELDS(COLUMN_OF_V) STORE_DESCRIPTION_FIELDS(COLUMN_OF_D)
