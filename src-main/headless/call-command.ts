// `nightjar call`: one call from the command line, with what is said and heard in files if wanted.
import { resolve as resolvePath } from 'node:path';
import type { CallView } from '../../src-shared/contract/index.ts';
import { openPhone, type CallInfo, type Phone } from '../app/index.ts';
import { lineSink, Logger } from '../base/logger.ts';
import type { CallOptions } from './command-line.ts';
import { EXIT, reportFailure, type Console } from './console.ts';

const RELEASE_LIMIT_MS = 500;

export async function runCall(options: CallOptions, console: Console): Promise<number> {
  const logger = new Logger(lineSink((line) => process.stderr.write(line), 'error'));
  const opened = await openPhone({ dataRoot: options.data, configFile: options.config, audio: options.audio, logger });
  if (!opened.ok) return reportFailure(console, options.isJson, opened.error);
  const { phone, close } = opened.value;
  try {
    const { target, account } = options;
    const dialed = await phone.handlers['call.dial']({ target, accountId: account });
    if (!dialed.ok) return reportFailure(console, options.isJson, dialed.failure);
    const call = await followCall(phone, dialed.value.callId, options, console);
    return report(call, options, console);
  } finally {
    await close();
  }
}

/** Resolves with the call once it is over. */
async function followCall(
  phone: Phone,
  callId: string,
  options: CallOptions,
  console: Console,
): Promise<CallInfo | undefined> {
  const hangUp = () => void phone.handlers['call.hangUp']({ callId });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, hangUp);
  await new Promise<void>((resolve) => {
    let shown: string | undefined;
    const look = () => {
      const call = phone.getView().calls.find(({ id }) => id === callId);
      if (!call || call.state === shown) return;
      shown = call.state;
      console.error(call.state);
      if (call.state === 'connected') void useCall(phone, call, options, console);
      if (call.state === 'ended') resolve();
    };
    phone.onEvent(look);
    look();
  });
  const untilMs = performance.now() + RELEASE_LIMIT_MS;
  while (phone.getCall(callId)?.isReleased !== true && performance.now() < untilMs) await pause(20);
  return phone.getCall(callId);
}

async function useCall(phone: Phone, { id: callId }: CallView, options: CallOptions, console: Console): Promise<void> {
  const { handlers } = phone;
  const { play, record, dtmf, seconds } = options;
  if (seconds !== undefined) setTimeout(() => void handlers['call.hangUp']({ callId }), seconds * 1000);
  const steps = [
    record === undefined ? undefined : () => handlers['call.startRecording']({ callId, file: resolvePath(record) }),
    play === undefined ? undefined : () => handlers['call.play']({ callId, file: resolvePath(play) }),
    dtmf === undefined ? undefined : () => handlers['call.sendDtmf']({ callId, digits: dtmf }),
  ];
  for (const step of steps) {
    const reply = await step?.();
    if (reply?.ok !== false) continue;
    console.error(`nightjar: ${reply.failure.message}`);
    await handlers['call.hangUp']({ callId });
    return;
  }
}

function report(call: CallInfo | undefined, options: CallOptions, console: Console): number {
  if (call?.connectedAtMs === undefined) {
    const reason = call?.ending?.reason ?? 'the call did not come about';
    const statusCode = call?.ending?.statusCode;
    return reportFailure(console, options.isJson, { code: 'rejected', message: reason }, { statusCode, reason });
  }
  if (options.isJson) console.out(JSON.stringify(summary(call, call.connectedAtMs)));
  return EXIT.done;
}

function summary(call: CallInfo, connectedAtMs: number): object {
  const { id, startedAtMs, endedAtMs = connectedAtMs, codec, srtp, statistics } = call;
  return {
    ok: true,
    callId: id,
    statusCode: 200,
    setupMs: connectedAtMs - startedAtMs,
    durationSec: (endedAtMs - connectedAtMs) / 1000,
    codec: codec ?? null,
    srtp: srtp?.suite ?? null,
    rtp: statistics && {
      sent: statistics.sentPackets,
      received: statistics.receivedPackets,
      lost: statistics.lostPackets,
      jitterMs: Math.round(statistics.jitterMs * 100) / 100,
      mos: Math.round(statistics.mos * 100) / 100,
    },
  };
}

const pause = (delayMs: number) => new Promise((resolve) => setTimeout(resolve, delayMs));
