// OPTIONS, in and outside of calls. RFC 3261 §11.
import { expect } from 'vitest';
import { inCall, withCaller } from './opening.ts';
import { rowsOf } from './row.ts';

export const QUERYING = rowsOf('querying', 'QU', [
  [
    'RFC 3261 §11.2',
    'OPTIONS',
    '200 with Allow, Accept, Accept-Encoding, Accept-Language and Supported',
    withCaller(async (caller) => {
      await caller.send('OPTIONS');
      const ok = await caller.peer.final('OPTIONS');
      expect(ok.status).toBe(200);
      for (const name of ['Allow', 'Accept', 'Accept-Encoding', 'Accept-Language', 'Supported'])
        expect(ok.has(name)).toBe(true);
    }),
  ],
  [
    'RFC 3261 §11.2',
    'OPTIONS over TCP',
    '200',
    async (lab) => {
      const caller = await lab.caller('tcp');
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    },
  ],
  [
    'RFC 3261 §11.2',
    'OPTIONS',
    'the 200 has a To tag',
    withCaller(async (caller) => {
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).tag).toMatch(/\S+/);
    }),
  ],
  [
    'RFC 3261 §11.2',
    'OPTIONS',
    'no call appears and nothing rings',
    withCaller(async (caller, lab) => {
      await caller.send('OPTIONS');
      await caller.peer.final('OPTIONS');
      expect(lab.phone.getView().calls).toEqual([]);
    }),
  ],
  [
    'RFC 3261 §11.2',
    'OPTIONS in a call',
    '200, and the call goes on',
    inCall(async ({ caller }, lab) => {
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
      expect(lab.call.state).toBe('connected');
    }),
  ],
  [
    'RFC 3261 §8.2.2.3',
    'OPTIONS that requires an unknown extension',
    '420 with Unsupported',
    withCaller(async (caller) => {
      await caller.send('OPTIONS', { headers: { Require: 'fancy' } });
      const refused = await caller.peer.final('OPTIONS');
      expect(refused.status).toBe(420);
      expect(refused.header('Unsupported')).toBe('fancy');
    }),
  ],
  [
    'RFC 3261 §11.2',
    'OPTIONS with Max-Forwards 0',
    '200: it is for us',
    withCaller(async (caller) => {
      await caller.send('OPTIONS', { headers: { 'Max-Forwards': '0' } });
      expect((await caller.peer.final('OPTIONS')).status).toBe(200);
    }),
  ],
  [
    'RFC 3261 §12.2.2',
    'OPTIONS with a To tag of no dialog',
    '481',
    withCaller(async (caller) => {
      caller.remoteTag = 'nobody';
      await caller.send('OPTIONS');
      expect((await caller.peer.final('OPTIONS')).status).toBe(481);
    }),
  ],
  [
    'RFC 3261 §20.5',
    'OPTIONS',
    'Allow names what the phone serves: MESSAGE, NOTIFY, REFER, PRACK, UPDATE and INFO too',
    withCaller(async (caller) => {
      await caller.send('OPTIONS');
      const allowed = (await caller.peer.final('OPTIONS')).list('Allow');
      expect(allowed).toEqual(
        expect.arrayContaining(['INVITE', 'BYE', 'MESSAGE', 'NOTIFY', 'REFER', 'PRACK', 'UPDATE', 'INFO']),
      );
    }),
  ],
  [
    'RFC 3261 §18.2.1',
    'OPTIONS whose Via names another host',
    'the Via of the 200 has received',
    withCaller(async (caller) => {
      const Via = `SIP/2.0/UDP unknown.example.com:${caller.peer.port};branch=z9hG4bKreceived`;
      await caller.send('OPTIONS', { headers: { Via } });
      const ok = await caller.peer.final('OPTIONS');
      expect(ok.parameter('Via', 'received')).toBe('127.0.0.1');
    }),
  ],
  [
    'RFC 3581 §4',
    'OPTIONS whose Via has rport',
    'the Via of the 200 has our port, and it came to it',
    withCaller(async (caller) => {
      await caller.send('OPTIONS', { headers: { Via: 'SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKrport;rport' } });
      const ok = await caller.peer.final('OPTIONS');
      expect(ok.parameter('Via', 'rport')).toBe(String(caller.peer.port));
    }),
  ],
]);
