// Where coturn sees us: the search for reflexive candidates at a server that others have written. RFC 8445 §5.1.1.2, RFC 8489 §8.1.
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { hostCandidate, parseStun, ReflexiveSearcher } from '../../src-main/media/nat/index.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { pause } from '../support/lab.ts';
import { LineProcess } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

describe('the search for reflexive candidates at coturn (RFC 8445 §5.1.1.2)', () => {
  it('tells the port that the server has seen', async (context) => {
    const program = requireProgram(context, 'turnserver');
    const port = await freePort();
    const folder = temporaryFolder('coturn');
    const files = ['--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'db'), '--log-file', 'stdout'];
    const listen = [
      '--listening-ip',
      '127.0.0.1',
      '--listening-port',
      String(port),
      '--no-tls',
      '--no-dtls',
      '--no-cli',
    ];
    const server = new LineProcess(program, ['-n', '--stun-only', ...listen, ...files]);
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    // As if a NAT stood between us: the candidate says another address than the server will see.
    const host = hostCandidate(1, { address: '10.0.0.5', port: 4000 });
    const find = () => {
      const searcher = new ReflexiveSearcher({
        runtime: nodeRuntime(),
        server: `stun:127.0.0.1:${port}`,
        hosts: [host],
        send: (bytes, _component, to) => socket.send(bytes, to.port, to.address),
      });
      socket.removeAllListeners('message').on('message', (bytes, from) => {
        const message = parseStun(bytes);
        if (message) searcher.receive(message, from);
      });
      return searcher.find();
    };
    let found = await find();
    for (let tries = 0; found.length === 0 && tries < 20; tries++) {
      await pause(200);
      found = await find();
    }
    const seen = { address: '127.0.0.1', port: socket.address().port };
    socket.close();
    await server.end();

    expect(found).toMatchObject([{ ...seen, kind: 'srflx', related: { address: '10.0.0.5', port: 4000 } }]);
  });
});
