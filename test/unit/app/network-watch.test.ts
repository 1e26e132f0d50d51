import { beforeEach, describe, expect, it } from 'vitest';
import { NetworkWatch } from '../../../src-main/app/network-watch.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';

class SleepyRuntime extends FakeRuntime {
  sleptMs = 0;

  override wallMs(): number {
    return super.wallMs() + this.sleptMs;
  }
}

let runtime: SleepyRuntime;
let addresses: string[];
let changes: number;
let watch: NetworkWatch;

beforeEach(() => {
  runtime = new SleepyRuntime();
  addresses = ['192.0.2.1'];
  changes = 0;
  watch = new NetworkWatch({ runtime, localAddresses: () => addresses, onChanged: () => changes++ });
});

describe('the watch over the network', () => {
  it('is quiet while nothing changes', async () => {
    await runtime.advance(600_000);

    expect(changes).toBe(0);
  });

  it('tells of new addresses once they are settled', async () => {
    addresses = [];
    await runtime.advance(5_500);
    addresses = ['198.51.100.1'];
    await runtime.advance(1_000);
    addresses = ['198.51.100.1', '2001:db8::1'];
    await runtime.advance(30_000);

    expect(changes).toBe(1);
  });

  it('tells of a sleep, though the addresses are the same', async () => {
    await runtime.advance(60_000);
    runtime.sleptMs = 3_600_000;
    await runtime.advance(10_000);

    expect(changes).toBe(1);
  });

  it('takes several hints of its host as one', async () => {
    watch.onHint();
    await runtime.advance(500);
    watch.onHint();
    await runtime.advance(10_000);

    expect(changes).toBe(1);
  });

  it('ends', async () => {
    watch.onHint();
    watch.close();
    await runtime.advance(60_000);

    expect(changes).toBe(0);
    expect(runtime.pendingTimers).toBe(0);
  });
});
