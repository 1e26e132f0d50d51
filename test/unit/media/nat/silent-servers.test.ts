// A server that is silent is left alone for a minute. RFC 8445 §5.1.1.2
import { expect, it } from 'vitest';
import { SilentServers } from '../../../../src-main/media/nat/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';

it('asks a silent server again after a minute, and one that has answered at once', async () => {
  const runtime = new FakeRuntime();
  const servers = new SilentServers(runtime);
  servers.note('stun.example.net', false);
  servers.note('turn.example.net', false);
  servers.note('turn.example.net', true);

  expect(['stun', 'turn', 'other'].map((name) => servers.has(`${name}.example.net`))).toEqual([true, false, false]);
  await runtime.advance(60_000);
  expect(servers.has('stun.example.net')).toBe(false);
});

it('remembers a number of servers, not all there ever were', () => {
  const servers = new SilentServers(new FakeRuntime());
  for (let number = 0; number < 1000; number++) servers.note(`server-${number}`, false);

  expect(Array.from({ length: 1000 }, (_, number) => servers.has(`server-${number}`)).filter(Boolean)).toHaveLength(64);
});
