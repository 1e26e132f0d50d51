// SIPp as a caller who presses keys, each by an INFO request. RFC 6086; the body is what phones agree on.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './daemon.ts';
import { freePort } from './free-port.ts';
import { runProgram } from './line-process.ts';

const TARGET = 'sip:[service]@[remote_ip]:[remote_port]';

const request = (method: string, sequence: number, isFirst: boolean, type = '', body = ''): string =>
  [
    `${method} ${isFirst ? TARGET : '[next_url]'} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'Max-Forwards: 70',
    ...(isFirst ? [] : ['[routes]']),
    'From: <sip:owner@[local_ip]:[local_port]>;tag=[pid]-[call_number]',
    `To: <${TARGET}>${isFirst ? '' : '[peer_tag_param]'}`,
    'Call-ID: [call_id]',
    `CSeq: ${sequence} ${method}`,
    'Contact: <sip:owner@[local_ip]:[local_port]>',
    ...(type === '' ? [] : [`Content-Type: ${type}`]),
    'Content-Length: [len]',
    '',
    body,
  ].join('\n');

const send = (text: string, attributes = ''): string => `<send ${attributes}><![CDATA[\n${text}\n]]></send>`;
const pauseFor = (ms: number): string => `<pause milliseconds="${ms}"/>`;
const answered = '<recv response="200"/>';

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP[local_ip_type] [local_ip]',
  's=-',
  'c=IN IP[media_ip_type] [media_ip]',
  't=0 0',
  'm=audio [media_port] RTP/AVP 0',
].join('\n');

/** `groups` are pressed one after the other, with a pause before each; then the caller hangs up. */
export async function callWithInfo(port: number, user: string, groups: readonly string[], pauseMs: number) {
  let sequence = 1;
  const press = (key: string): readonly string[] => [
    send(
      request('INFO', ++sequence, false, 'application/dtmf-relay', `Signal=${key}\nDuration=160\n`),
      'retrans="500"',
    ),
    answered,
  ];
  const keys = groups.flatMap((group) => [pauseFor(pauseMs), ...Array.from(group, press).flat()]);
  const steps = [
    send(request('INVITE', 1, true, 'application/sdp', OFFER), 'retrans="500"'),
    '<recv response="100" optional="true"/><recv response="180" optional="true"/><recv response="200" rrs="true"/>',
    send(request('ACK', 1, false)),
    ...keys,
    pauseFor(pauseMs),
    send(request('BYE', ++sequence, false), 'retrans="500"'),
    answered,
  ];
  const file = join(temporaryFolder('info'), 'scenario.xml');
  writeFileSync(file, `<?xml version="1.0"?>\n<scenario name="keys">\n${steps.join('\n')}\n</scenario>\n`);
  const place = [
    '-i',
    '127.0.0.1',
    '-p',
    String(await freePort()),
    '-mi',
    '127.0.0.1',
    '-mp',
    String(await freePort()),
  ];
  return runProgram('sipp', ['-sf', file, ...place, '-m', '1', '-s', user, '-nostdin', `127.0.0.1:${port}`], {
    TERM: 'dumb',
  });
}
