#!/bin/bash
# The lab alone, without linkstat: every function has its effect in the kernel.
. "$LAB_TREE/tests/lab/story.sh"
story "The lab itself works"

log_step "a phone is plugged, used, torn out and plugged again"
plug_phone
check "the kernel knows it" kernel_logged 'usb 3-1: SerialNumber: 00008020000B654E3C92002E'
load_with_libusb phone
pull phone
check "the kernel saw it go" kernel_logged '3-1: USB disconnect, device number'
pause 1.3
plug phone
had=$(moved phone)
check_soon "the libusb program found it again" 20 vdev ctl wait phone "bytes=$((had + 1000000))" timeout=1
check "the program saw the loss" grep -q 'lost it: LIBUSB_ERROR_NO_DEVICE' "$LAB_OUT/$story_name.load.log"

log_step "its bulk IN endpoint breaks"
vdev ctl break phone ep=0x81 status=-71 count=1
check_soon "the program saw an input/output error" 20 \
	grep -q 'lost it: LIBUSB_ERROR_IO' "$LAB_OUT/$story_name.load.log"
stop_load

log_step "it stops answering"
vdev ctl silence phone
check "a control transfer times out" not timeout 20 load 05ac:12a8 --control
vdev ctl repair phone

log_step "faults of a hub port"
counter=/sys/bus/usb/devices/3-0:1.0/usb3-port1/over_current_count
before=$(cat $counter)
vdev fault over-current phone
check_soon "a short over-current is counted" 5 file_exceeds $counter "$before"
check "and not logged" not kernel_logged 'usb3-port1: over-current condition'
vdev fault over-current-lasting phone
check_soon "a lasting one is logged" 5 kernel_logged 'usb3-port1: over-current condition'
vdev fault over-current-end phone
vdev fault emi phone
check_soon "the port was disabled by the hub" 5 kernel_logged 'usb3-port1: disabled by hub \(EMI\?\)'
wait_until "the phone is back" 20 kernel_logged_times 3 'usb 3-1: New USB device found'
number=$(attribute phone devnum)
check "a program can reset it" usbreset 05ac:12a8
check "the kernel logs it" kernel_logged '3-1: reset high-speed USB device'
check "it kept its number" test "$(attribute phone devnum)" = "$number"

log_step "SuperSpeed"
plug fast speed=super port=1 vid=1209 pid=0002 product=fast
check "it is on the SuperSpeed bus" test "$(where fast) $(attribute fast speed)" = "4-2 5000"
vdev fault ss-inactive fast
check_soon "the link is brought back by a reset" 5 kernel_logged '4-2: reset SuperSpeed.* USB device'
plug slow speed=full port=2 vid=1209 pid=0003
check "full speed" test "$(attribute slow speed)" = 12

log_step "a device that cannot be enumerated"
vdev ctl fail-enumeration bad status=-71
plug_only bad port=3
check_soon "the kernel gives up" 20 kernel_logged 'usb3-port4: unable to enumerate USB device'
check "after four attempts" kernel_logged_times 4 'usb 3-4: new high-speed USB device'

log_step "a hub with two children leaves"
plug_hub
plug_qemu tablet usb-tablet 1.1
plug_serial serial 1.2
unplug_hub
check_soon "it takes both along" 5 kernel_logged_times 3 ' 1-1(\.[12])?: USB disconnect'
plug_disk
check_soon "a disk appears" 10 compgen -G '/sys/bus/usb/devices/2-2/2-2:1.0/host*/target*/*/block/sd*'

log_step "hostile strings"
plug evil port=4 vid=1209 pid=0004 product='a\x1b[31mb\u0000\u000ac\ud800d' \
	serial="$(printf 'x%.0s' {1..126})"
check "126 units arrive" test "$(attribute evil serial | wc -c)" = 127
check "the kernel escapes its own log" kernel_logged 'usb 3-5: Product: a\\x1b\[31mb'
