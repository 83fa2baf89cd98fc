#include "lib/observe/flow.h"
#include "lib/base/text.h"

static struct ls_metered *
find(struct ls_flow_meter *meter, unsigned int bus, unsigned int devnum)
{
	for (size_t i = 0; i < LS_TRAFFIC_DEVICES; i++) {
		if (meter->devices[i].bus == bus && meter->devices[i].devnum == devnum)
			return &meter->devices[i];
	}
	return NULL;
}

static struct ls_metered *
find_or_take(struct ls_flow_meter *meter, unsigned int bus, unsigned int devnum)
{
	struct ls_metered *device = find(meter, bus, devnum);

	for (size_t i = 0; !device && i < LS_TRAFFIC_DEVICES; i++) {
		if (meter->devices[i].bus == 0)
			device = &meter->devices[i];
	}
	if (device && device->bus == 0)
		*device = (struct ls_metered){ .bus = (uint16_t)bus, .devnum = (uint8_t)devnum };
	return device;
}

static void
describe(const struct ls_metered *device, uint64_t bytes_per_s, uint64_t n_pending,
	 struct ls_observation *obs)
{
	*obs = (struct ls_observation){
		.source = LS_SOURCE_USBMON,
		.kind = LS_OBS_FLOW,
		.bus = device->bus,
		.devnum = device->devnum,
	};
	if (device->flows) {
		obs->kib_per_s = (uint32_t)(bytes_per_s / 1024 ? bytes_per_s / 1024 : 1);
		ls_text_format(obs->text, sizeof(obs->text), "data flows, %.1f MB/s",
			       (double)bytes_per_s / 1e6);
		return;
	}
	obs->n_pending = n_pending > UINT32_MAX ? UINT32_MAX : (uint32_t)n_pending;
	ls_text_format(obs->text, sizeof(obs->text), "no data flows any more, %u transfers wait",
		       obs->n_pending);
}

int
ls_flow_meter_look(struct ls_flow_meter *meter, unsigned int bus, unsigned int devnum,
		   const struct ls_traffic_moved *total, uint64_t elapsed_us,
		   struct ls_observation *obs)
{
	struct ls_metered *device = bus && devnum ? find_or_take(meter, bus, devnum) : NULL;
	uint64_t moved;
	bool flows;

	if (!device || !elapsed_us)
		return 0;
	moved = total->bytes >= device->bytes ? total->bytes - device->bytes : total->bytes;
	device->bytes = total->bytes;
	moved = (uint64_t)((double)moved * (double)LS_SEC / (double)elapsed_us);
	flows = moved >= LS_FLOW_MIN_BYTES;
	if (flows == device->flows)
		return 0;
	device->flows = flows;
	meter->n_flowing += flows ? 1U : -1U;
	describe(device, moved, total->n_pending, obs);
	return 1;
}

void
ls_flow_meter_gone(struct ls_flow_meter *meter, unsigned int bus, unsigned int devnum)
{
	struct ls_metered *device = bus ? find(meter, bus, devnum) : NULL;

	if (!device)
		return;
	meter->n_flowing -= device->flows;
	*device = (struct ls_metered){ 0 };
}

unsigned int
ls_flow_meter_flowing(const struct ls_flow_meter *meter, unsigned int bus)
{
	unsigned int n = 0;

	for (size_t i = 0; i < LS_TRAFFIC_DEVICES; i++)
		n += bus && meter->devices[i].bus == bus && meter->devices[i].flows;
	return n;
}
