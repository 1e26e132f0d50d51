// Writes the code caches of the build (`src-main/boot`): lets the built phone register and call on loopback once, and end.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './ensure-installed.mjs';
import { WarmUpPeer } from './warm-up-peer.mjs';

const LIMIT_MS = 10_000;
const TALK_MS = 150;

/** The phone that is warmed up: what it says, and what it is told. */
class WarmUpPhone {
  #process;
  #waiting = new Set();
  #lines = [];
  #socket;
  #lastId = 0;

  constructor(folder, config) {
    const configFile = join(folder, 'config.json');
    writeFileSync(configFile, JSON.stringify(config));
    const files = ['--data', join(folder, 'data'), '--config', configFile];
    const args = [join(ROOT, 'bin', 'nightjar.mjs'), 'daemon', '--json', '--audio', 'null', ...files];
    const env = { ...process.env, NIGHTJAR_CODE_CACHE: 'write' };
    // WHY: V8 refuses code that was compiled with other flags than those of the run that is to use it.
    delete env.NODE_OPTIONS;
    this.#process = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'ignore'] });
    this.ended = new Promise((resolve) => this.#process.on('exit', resolve));
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#lines.push(line);
      for (const look of this.#waiting) look();
    });
  }

  /** Resolves with the latest line that has all of `parts`. */
  line(...parts) {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.#lines.findLast((line) => parts.every((part) => line.includes(part)));
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(JSON.parse(found));
      };
      this.#waiting.add(look);
      look();
    });
  }

  async command(method, params) {
    this.#socket ??= connect((await this.line('"ready"')).control);
    this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id: ++this.#lastId, method, params })}\n`);
  }

  kill() {
    this.#socket?.destroy();
    this.#process.kill('SIGKILL');
  }
}

/** A day in the life of a phone: it registers, calls, is called, and takes a message. */
async function live(phone, peer) {
  await phone.line('"registered"');
  await phone.command('call.dial', { target: 'sip:peer@lab.test' });
  const dialed = await phone.line('"connected"', '"outgoing"');
  await pause(TALK_MS);
  await phone.command('call.hangUp', { callId: dialed.changed.calls.at(-1).id });
  await peer.received('BYE');
  const call = peer.call();
  const ringing = await phone.line('"ringing"', '"incoming"');
  await phone.command('call.answer', { callId: ringing.changed.calls.find(({ state }) => state === 'ringing').id });
  await call.answered;
  await pause(TALK_MS);
  await call.hangUp();
  await phone.command('away.set', { enabled: true, answerAfterSec: 0 });
  const message = peer.call();
  await message.answered;
  await pause(TALK_MS);
  await message.hangUp();
}

const CACHES = ['phone', 'media'].map((name) => join(ROOT, 'dist', 'main', `${name}.cache`));

/** Resolves when both processes have written all that they had compiled by now. */
async function written() {
  const sinceMs = Date.now();
  const isNew = (file) => existsSync(file) && statSync(file).mtimeMs > sinceMs;
  while (!CACHES.every(isNew)) await pause(20);
}

/** Never fails the build: without its cache the phone only starts more slowly. Returns why there is none, or nothing. */
export async function warmCodeCache() {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-warm-up-'));
  const peer = await WarmUpPeer.open();
  const phone = new WarmUpPhone(folder, configFor(peer.port));
  const limit = new AbortController();
  try {
    return await Promise.race([
      live(phone, peer).then(written),
      phone.ended.then(() => 'the phone ended'),
      pause(LIMIT_MS, 'it took too long', { signal: limit.signal }),
    ]);
  } catch (error) {
    return error.message;
  } finally {
    limit.abort();
    phone.kill();
    await phone.ended;
    peer.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function configFor(port) {
  const server = `sip:127.0.0.1:${port};lr`;
  const account = { id: 'warm', address: 'sip:warm@lab.test', username: 'warm', password: 'warm' };
  return {
    accounts: [{ ...account, registrar: 'sip:lab.test', outboundProxies: [server] }],
    sip: { listen: [{ transport: 'udp', address: '127.0.0.1', port: 0 }] },
    media: { address: '127.0.0.1' },
  };
}
