#!/bin/bash
. "$LAB_TREE/tests/lab/story.sh"
story "A driver lets a device go that stays where it is"
start_linkstatd

plug_serial
until_known serial
port=$(where serial)
interface=$port:1.0
log_step "the driver of $interface is unbound"
echo "$interface" >/sys/bus/usb/drivers/ftdi_sio/unbind
wait_until "the driver says so" 20 kernel_logged "ftdi_sio ($interface|ttyUSB0): .*disconnected"

log_step "only then the device is pulled"
pause 3
pull serial
expect_incident "$port" '.cause == "unplugged" and (.drop | not)' 40
expect_only_incidents 1
check "it left once" report_has "$port" '.disconnects == 1 and .drops == 0'
