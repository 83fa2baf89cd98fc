/* The questions that the kernel asks devices, and their answers. */
#include <string.h>

#include "lib/observe/descriptor.h"
#include "lib/observe/enumeration.h"
#include "lib/observe/enumeration_state.h"
#include "lib/base/text.h"

#define FROM_DEVICE	       0x80 /* bmRequestType: standard, device */
#define TO_DEVICE	       0x00
#define REQUEST_SET_ADDRESS    5
#define REQUEST_GET_DESCRIPTOR 6

/* What was captured of an answer. */
struct payload {
	const uint8_t *bytes;
	size_t len;
};

/* Transfers of a device end this soon after its port has lost it. */
#define LEFT_US (1 * LS_SEC)

static bool
is_standard(const struct ls_usbmon_record *record, uint8_t type, uint8_t request)
{
	return record->flag_setup == 0 && record->setup[0] == type && record->setup[1] == request;
}

static bool
asks_who(const struct ls_usbmon_record *record)
{
	return record->type == LS_USBMON_SUBMIT && record->xfer == LS_XFER_CONTROL &&
	       is_standard(record, FROM_DEVICE, REQUEST_GET_DESCRIPTOR) &&
	       record->setup[3] == LS_DESCRIPTOR_DEVICE;
}

static void
ask(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record, uint8_t kind,
    uint8_t index)
{
	enumeration->questions[enumeration->n_questions++ % ENUM_QUESTIONS] =
		(struct enum_question){
			.id = record->id,
			.bus = record->bus,
			.devnum = record->devnum,
			.kind = kind,
			.index = index,
		};
}

static bool
is_answer(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
	  struct enum_question *ret)
{
	for (size_t i = 0; i < ENUM_QUESTIONS; i++) {
		struct enum_question *question = &enumeration->questions[i];

		if (question->id != record->id || question->id == 0 ||
		    question->bus != record->bus || question->devnum != record->devnum)
			continue;
		*ret = *question;
		question->id = 0;
		return true;
	}
	return false;
}

static void
tell_failed(struct ls_enumeration *enumeration, const struct enum_question *question,
	    const char *port, const struct ls_usbmon_record *record, struct ls_instant at)
{
	bool is_address = question->kind == ENUM_SET_ADDRESS;
	struct ls_observation obs = {
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_ENUM_FAILED,
		.bus = record->bus,
		.devnum = record->devnum,
		.step = is_address ? LS_STEP_ADDRESS : LS_STEP_DESCRIPTOR,
		.status = record->status,
	};
	char status[LS_STATUS_TEXT_MAX];

	memcpy(obs.port, port, sizeof(obs.port));
	ls_text_format(obs.text, sizeof(obs.text), "%s failed: %s, %s",
		       is_address ? "giving the device its address"
				  : "reading the device's descriptor",
		       ls_status_text(record->status, status),
		       ls_status_rows[ls_status_find(record->status)].words);
	enumeration->tell(&obs, enumeration->user);
}

/* Who has no address yet is at the port that was reset last. */
static void
failed(struct ls_enumeration *enumeration, const struct enum_question *question,
       const struct ls_usbmon_record *record, struct ls_instant at)
{
	const struct ls_enumerated *device = enum_find(enumeration, record->bus, record->devnum);
	char port[LS_PORT_NAME_MAX];

	if (record->devnum == 0) {
		if (enum_coming_port(enumeration, record->bus, at, port))
			tell_failed(enumeration, question, port, record, at);
	} else if (device && !device->announced && question->kind == LS_DESCRIPTOR_DEVICE) {
		tell_failed(enumeration, question, device->port, record, at);
	}
}

static void
read_string(struct ls_enumerated *device, const struct enum_question *question,
	    const struct payload *data)
{
	struct ls_device *known = &device->device;
	char *into = NULL;

	if (question->index == 0)
		return; /* a list of languages */
	if (question->index == known->i_serial)
		into = known->serial;
	else if (question->index == known->i_product)
		into = known->product;
	else if (question->index == known->i_manufacturer)
		into = known->manufacturer;
	if (into)
		(void)ls_descriptor_string(data->bytes, data->len, into);
}

/* More of a device that was told already. */
static void
tell_more(struct ls_enumeration *enumeration, const struct ls_enumerated *device,
	  struct ls_instant at)
{
	struct ls_observation obs = {
		.at = at,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_STRING,
		.bus = device->bus,
		.devnum = device->devnum,
		.device = &device->device,
	};

	memcpy(obs.port, device->port, sizeof(obs.port));
	enumeration->tell(&obs, enumeration->user);
}

static void
tell_reset(struct ls_enumeration *enumeration, const struct ls_enumerated *device)
{
	struct enum_bus *bus = &enumeration->buses[device->bus];
	struct ls_observation obs = {
		.at = bus->reset,
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_RESET,
		.bus = device->bus,
		.devnum = device->devnum,
	};

	if (bus->resetting != device->devnum)
		return;
	bus->resetting = 0;
	bus->fresh = false;
	memcpy(obs.port, device->port, sizeof(obs.port));
	ls_text_format(obs.text, sizeof(obs.text),
		       "port %u was reset, and device number %u answers again", bus->port,
		       device->devnum);
	enumeration->tell(&obs, enumeration->user);
}

static struct ls_enumerated *
read_device(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	    const struct payload *data, struct ls_instant at)
{
	struct ls_device news = { 0 };

	if (ls_descriptor_device(data->bytes, data->len, &news) < 0)
		return device;
	if (device->device.vid &&
	    (news.vid != device->device.vid || news.pid != device->device.pid))
		device = enum_arrive(enumeration, device->bus, device->devnum, at);
	if (device)
		(void)ls_descriptor_device(data->bytes, data->len, &device->device);
	return device;
}

static void
answered(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	 const struct enum_question *question, const struct payload *data, struct ls_instant at)
{
	bool has_ids;

	if (question->kind == LS_DESCRIPTOR_DEVICE)
		device = read_device(enumeration, device, data, at);
	else if (question->kind == LS_DESCRIPTOR_STRING)
		read_string(device, question, data);
	if (!device || !device->present)
		return;
	tell_reset(enumeration, device);
	has_ids = device->device.vid || question->kind != LS_DESCRIPTOR_DEVICE;
	if (!device->announced && has_ids)
		enum_announce(enumeration, device, at);
	else if (device->announced && device->device.vid)
		tell_more(enumeration, device, at);
}

static void
answer(struct ls_enumeration *enumeration, struct ls_enumerated *device,
       const struct ls_usbmon_record *record, struct payload *data, struct ls_instant at)
{
	struct enum_question question;

	if (!is_answer(enumeration, record, &question))
		return;
	if (ls_status_rows[ls_status_find(record->status)].class != LS_TRANSFER_OK) {
		failed(enumeration, &question, record, at);
		return;
	}
	if (question.kind == ENUM_SET_ADDRESS) {
		device = enum_find(enumeration, record->bus, question.index);
		if (!device || enumeration->buses[record->bus].resetting != question.index)
			(void)enum_arrive(enumeration, record->bus, question.index, at);
		return;
	}
	if (data->len > record->length)
		data->len = record->length;
	if (device)
		answered(enumeration, device, &question, data, at);
}

/* Ends that come with a port that lost its device: now it is known which device that was. */
static void
may_have_left(struct ls_enumeration *enumeration, struct ls_enumerated *device,
	      const struct ls_usbmon_record *record, struct ls_instant at)
{
	struct ls_instant left = enumeration->buses[record->bus].left;

	if (device->placed || !device->present || !left.mono_us || record->status == 0 ||
	    at.mono_us > left.mono_us + LEFT_US || record->type == LS_USBMON_SUBMIT ||
	    ls_status_rows[ls_status_find(record->status)].class != LS_TRANSFER_GONE)
		return;
	enumeration->buses[record->bus].left = (struct ls_instant){ 0 };
	enum_leave(enumeration, device, left,
		   "a port lost its connection, and its transfers ended");
}

static void
question(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record)
{
	const uint8_t *setup = record->setup;

	if (is_standard(record, FROM_DEVICE, REQUEST_GET_DESCRIPTOR))
		ask(enumeration, record, setup[3], setup[2]);
	else if (record->devnum == 0 && is_standard(record, TO_DEVICE, REQUEST_SET_ADDRESS) &&
		 setup[2] > ENUM_ROOT_HUB && setup[2] < ENUM_NUMBERS)
		ask(enumeration, record, ENUM_SET_ADDRESS, setup[2]);
}

/* The device that a record is of, new ones included; NULL: none, or no place. */
static struct ls_enumerated *
device_of(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
	  struct ls_instant at)
{
	struct ls_enumerated *device = enum_find(enumeration, record->bus, record->devnum);
	bool comes = (!device || !device->present) && asks_who(record) &&
		     enumeration->buses[record->bus].fresh;

	if (comes)
		return enum_arrive(enumeration, record->bus, record->devnum, at);
	return device ? device : enum_was_there(enumeration, record->bus, record->devnum, at);
}

void
ls_enumeration_add(struct ls_enumeration *enumeration, const struct ls_usbmon_record *record,
		   const uint8_t *data, size_t len, struct ls_instant at)
{
	struct payload payload = { data, data ? len : 0 };
	struct ls_enumerated *device = NULL;

	if (record->bus == 0 || record->bus >= LS_HUB_BUSES || record->devnum >= ENUM_NUMBERS ||
	    record->devnum == ENUM_ROOT_HUB)
		return;
	if (record->devnum > ENUM_ROOT_HUB)
		device = device_of(enumeration, record, at);
	if (device)
		may_have_left(enumeration, device, record, at);
	if (record->xfer != LS_XFER_CONTROL)
		return;
	if (record->type == LS_USBMON_SUBMIT)
		question(enumeration, record);
	else
		answer(enumeration, device, record, &payload, at);
}
