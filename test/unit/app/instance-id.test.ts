import { describe, expect, it } from 'vitest';
import { readInstanceId } from '../../../src-main/app/instance-id.ts';
import { MemorySettings } from '../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';

describe('the name of an installation — RFC 5626 §4.1', () => {
  it('is a random UUID, made once and kept', () => {
    const settings = new MemorySettings();
    const made = readInstanceId(settings, new FakeRuntime(1));

    expect(made).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(readInstanceId(settings, new FakeRuntime(2))).toBe(made);
    expect(readInstanceId(new MemorySettings(), new FakeRuntime(2))).not.toBe(made);
  });

  it('is made anew when the saved one is none', () => {
    const settings = new MemorySettings();
    settings.write('instanceId', 'mine');

    expect(readInstanceId(settings, new FakeRuntime())).toMatch(/^urn:uuid:/);
  });
});
