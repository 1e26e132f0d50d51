// The media process' side: one engine, asked by messages.
import type { Logger } from '../../base/logger.ts';
import { err } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { AudioSpec, LocalEngineOptions, MediaEngine, MediaFailure } from '../session/index.ts';
import { batched, unbatched } from './batch.ts';
import type { ServerPort } from './media-port.ts';
import { eventNames, parseToServer, type FromServer, type Method, type ToServer } from './messages.ts';

export interface MediaServerOptions {
  readonly port: ServerPort;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly createEngine: (options: LocalEngineOptions) => Promise<MediaEngine>;
  /** Called when the engine was told to close and has done so. */
  readonly onClosed: () => void;
}

/** Serves `port` until it says close, or until the returned function is called because the port is gone. */
export function serveMedia(options: MediaServerOptions): () => void {
  const { port, logger } = options;
  const send = batched<FromServer>((messages) => port.send(messages));
  let engine: Promise<MediaEngine> | undefined;
  const handle = async (message: ToServer): Promise<void> => {
    if (message.kind === 'start') {
      engine ??= startEngine(options, message.audio, send);
      await engine;
      send({ kind: 'ready' });
    } else if (message.kind === 'window') {
      (await engine)?.takeFromWindow(message.told);
    } else if (message.kind === 'close') {
      await (await engine)?.close();
      send({ kind: 'closed' });
      // After the word that it is closed has been sent.
      setImmediate(options.onClosed);
    } else {
      const answer = await answerCall(await engine, message);
      send({ kind: 'answer', id: message.id, answer });
    }
  };
  port.onMessage((received) => {
    for (const each of unbatched(received)) {
      const message = parseToServer(each);
      if (!message) logger.warn('a message was not understood');
      else void handle(message).catch((error: unknown) => logger.error('a message could not be served', { error }));
    }
  });
  return () => void engine?.then((lost) => lost.close());
}

async function startEngine(
  options: MediaServerOptions,
  audio: AudioSpec,
  send: (message: FromServer) => void,
): Promise<MediaEngine> {
  const { runtime, logger, createEngine } = options;
  const engine = await createEngine({
    audio,
    runtime,
    logger,
    onPosition: (resume) => send({ kind: 'position', resume }),
    onKept: (kept) => send({ kind: 'kept', kept }),
    onDeviceStuck: (reason) => send({ kind: 'stuck', reason }),
  });
  for (const name of eventNames) {
    engine.events.on(name, (payload) => send({ kind: 'event', name, payload }));
  }
  return engine;
}

/** The engine with its arguments forgotten: they were checked against `METHODS`. */
type Callable = Readonly<Record<Method, (...args: readonly unknown[]) => Promise<unknown>>>;

/** Calls the method with its checked arguments; a defect of ours costs the answer, not the process. */
async function answerCall(
  engine: MediaEngine | undefined,
  { method, args }: Extract<ToServer, { kind: 'call' }>,
): Promise<unknown> {
  const failure = (message: string): unknown => err<MediaFailure>({ kind: 'invalid', message });
  if (!engine) return failure('the engine was not started');
  try {
    return await (engine as unknown as Callable)[method](...args);
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}
