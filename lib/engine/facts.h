#pragma once
/*
 * What the evidence of one incident establishes: a set of facts. Handlers and incidents.c set them,
 * weights.c says what each speaks for and against. The numbers are stored with incidents and keep
 * their meaning. That something did not happen is a fact only where a source would have shown it.
 */
#include "lib/base/base.h"

#define LS_FACT(n)		 (UINT64_C(1) << (n))
#define LS_FACT_GONE		 LS_FACT(0) /* the device was disconnected */
#define LS_FACT_BACK_SAME	 LS_FACT(1) /* came back at least once: ids and serial number */
#define LS_FACT_BACK_MODEL	 LS_FACT(2) /* came back at least once: ids, no serial number */
#define LS_FACT_BACK_OTHER_MODE	 LS_FACT(3)
#define LS_FACT_OTHER_CAME	 LS_FACT(4) /* a different device took the place */
#define LS_FACT_ELSEWHERE	 LS_FACT(5) /* it connected to another port */
#define LS_FACT_AWAY		 LS_FACT(6) /* the return window passed without it */
#define LS_FACT_RESET		 LS_FACT(7)
#define LS_FACT_ENUM_FAILED	 LS_FACT(8)
#define LS_FACT_ENUM_GAVE_UP	 LS_FACT(9)
#define LS_FACT_BOUNCE		 LS_FACT(10) /* connect-debounce failed */
#define LS_FACT_OVER_CURRENT	 LS_FACT(11)
#define LS_FACT_EMI		 LS_FACT(12)
#define LS_FACT_HUB		 LS_FACT(13) /* the device is a hub */
#define LS_FACT_CHILDREN	 LS_FACT(14) /* devices behind it left with it */
#define LS_FACT_CONTROLLER_DIED	 LS_FACT(15)
#define LS_FACT_BUS_GONE	 LS_FACT(16) /* the root hub was removed: unbound or pulled controller */
#define LS_FACT_DEAUTHORISED	 LS_FACT(17)
#define LS_FACT_SLEPT		 LS_FACT(18) /* the machine slept or woke at that moment */
#define LS_FACT_FIRMWARE_CHANGED LS_FACT(19)
#define LS_FACT_CAME_UP		 LS_FACT(20) /* enumeration worked in the end */
#define LS_FACT_SERIAL		 LS_FACT(21) /* the device that left has a serial number */
#define LS_FACT_LINK_ERRORS	 LS_FACT(22) /* a burst of failed transfers on a link that stood */
#define LS_FACT_ERRORS_BEFORE	 LS_FACT(23) /* transfers failed earlier than any unplug explains */
#define LS_FACT_TIMED_OUT	 LS_FACT(24) /* … and what failed were answers that never came */
#define LS_FACT_HUB_SAW		 LS_FACT(25) /* the hub saw the connection go */
#define LS_FACT_HUB_SILENT	 LS_FACT(26) /* usbmon watched, and the hub reported nothing */
#define LS_FACT_SWITCHED_OFF	 LS_FACT(27) /* the port's power or the port was switched off */
#define LS_FACT_LINK_FAILED	 LS_FACT(28) /* SS.Inactive: the SuperSpeed link had failed */
#define LS_FACT_FLOWING		 LS_FACT(29) /* data was flowing in the last second */
#define LS_FACT_EXPECTED	 LS_FACT(30) /* it came back in the mode that its family names next */
#define LS_FACT_REBOOTED	 LS_FACT(31) /* … in a mode that means that it restarted */
#define LS_FACT_BUSY		 LS_FACT(32) /* it was in a mode in which a job runs */
#define LS_FACT_STALLED		 LS_FACT(33) /* no data for long in such a mode, the link stood */
#define LS_FACT_RESUME_FAILED	 LS_FACT(34)
#define LS_FACT_PARTNER_GONE	 LS_FACT(35) /* Type-C: the plug was really pulled */
#define LS_FACT_REMOVED		 LS_FACT(36) /* a program removed it, before the link was lost */
#define LS_FACT_STREAMING	 LS_FACT(37) /* … and had been flowing for seconds */
#define LS_FACT_LOOKS_ALIKE	 LS_FACT(38) /* its family may do this; so may a bad link */
#define LS_FACT_RESET_FAILED	 LS_FACT(39) /* a reset did not bring it back, and it was given up */
#define LS_FACT_BACK_UNKNOWN	 LS_FACT(40) /* something came; what it was, or is, is not known */
#define LS_FACT_CONFIG_FAILED	 LS_FACT(41) /* it answered, but could not be configured */
/* Its controller reported trouble in the seconds in which it failed to start or was reset. */
#define LS_FACT_CONTROLLER_TROUBLE LS_FACT(42)
#define LS_FACT_HOST_LIMIT	   LS_FACT(43) /* no bandwidth or other resource was left for it */
/* Over-current, of which the source knows only that it began or ended: a discharge looks like it. */
#define LS_FACT_OVER_CURRENT_CHANGE LS_FACT(44)
#define LS_FACT_PORT_EMPTY	    LS_FACT(45) /* nothing was plugged into the overloaded port */
#define LS_FACT_BEAT		    LS_FACT(46) /* it leaves again and again, at equal intervals */
#define LS_FACT_MANY		    LS_FACT(47) /* it left many times in this one incident */
#define LS_FACT_SLOWER		    LS_FACT(48) /* it came back at a lower speed */
#define LS_FACT_BOTH_HALVES	    LS_FACT(49) /* a hub left with its USB 2 and its USB 3 half */
#define LS_FACT_NO_SLOT		    LS_FACT(50) /* the limit: no device slot or endpoint is free */
#define LS_FACT_START_TIMED_OUT	    LS_FACT(51) /* at its start: no answer came in time */
#define LS_FACT_START_BROKEN	    LS_FACT(52) /* at its start: answers were broken on the wire */
#define LS_FACT_FASTER		    LS_FACT(53) /* it came back at once, as SuperSpeed */
#define LS_FACT_NEIGHBOUR	    LS_FACT(54) /* data was flowing to another device of its bus */

/* Of both kinds. */
#define LS_FACTS_OVER_CURRENT (LS_FACT_OVER_CURRENT | LS_FACT_OVER_CURRENT_CHANGE)
