// The name of this installation among those of its user: made once, kept in the settings. RFC 5626 §4.1.
import type { Runtime } from '../base/runtime.ts';
import type { SettingsStore } from '../storage/index.ts';

const SECTION = 'instanceId';
const URN = /^urn:uuid:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** RFC 5626 §4.1: a URN that survives restarts, so that a new registration takes the place of the old. */
export function readInstanceId(settings: SettingsStore, runtime: Runtime): string {
  const saved = settings.read(SECTION);
  if (typeof saved === 'string' && URN.test(saved)) return saved;
  const made = newUuidUrn(runtime);
  settings.write(SECTION, made);
  return made;
}

/** A random UUID of version 4. */
function newUuidUrn(runtime: Runtime): string {
  const bytes = runtime.randomBytes(16);
  const hex = [...bytes].map((byte, index) => {
    if (index === 6) byte = 0x40 | (byte & 0x0f);
    if (index === 8) byte = 0x80 | (byte & 0x3f);
    return byte.toString(16).padStart(2, '0');
  });
  const part = (from: number, to: number): string => hex.slice(from, to).join('');
  return `urn:uuid:${part(0, 4)}-${part(4, 6)}-${part(6, 8)}-${part(8, 10)}-${part(10, 16)}`;
}
