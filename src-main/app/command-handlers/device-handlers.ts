// device.* : which sound devices calls use, and by which way.
import type { CommandHandlers, CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { answer, done, fromMedia } from './reply.ts';

type DeviceHandlers = Pick<CommandHandlers, Extract<CommandName, `device.${string}`>>;

export function deviceHandlers({ media, settings, publisher }: PhoneParts): DeviceHandlers {
  return {
    'device.list': async () => {
      const devices = fromMedia(await media.listDevices());
      return devices.ok ? answer([...devices.value]) : devices;
    },
    'device.select': async ({ role, name }) => {
      const selected = await media.selectDevice(role, name);
      if (selected.ok) {
        settings.write(`device.${role}`, name);
        publisher.touch('audio');
      }
      return selected.ok ? done : fromMedia(selected);
    },
    'device.setWay': async ({ way }) => {
      const selected = await media.selectBackend(way === 'window' ? 'webaudio' : 'portaudio');
      if (selected.ok) {
        settings.write('device.way', way);
        publisher.touch('audio');
      }
      return selected.ok ? done : fromMedia(selected);
    },
  };
}
