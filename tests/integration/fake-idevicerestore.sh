#!/bin/sh
# What idevicerestore prints of a restore, in its own shapes (facts: restore.c, log.c, common.c), then
# the failure of a device that dropped. DROP=COMMAND is run at 37 % of the file system.
printf '14:03:11.100 <info> Found device in Recovery mode\n'
printf '14:03:11.900 <info> Device 00008020000b654e has successfully entered restore mode\n'
printf 'Creating filesystem (12)\n'
printf 'Restoring image (13)\n'
printf 'Sending filesystem now...\n'
for percent in 1 12 36 37; do
	printf '\r[=====                                             ]  %d.0%%' "$percent"
done
[ -z "${DROP:-}" ] || eval "$DROP"
printf '\nERROR: Unable to send data to ASR. Sent 512 of 16384 bytes.\n' >&2
printf 'ERROR: Unable to successfully restore device\n' >&2
exit 1
