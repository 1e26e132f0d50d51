// libopus as WebAssembly, with the few calls that a phone needs. RFC 6716.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { InvariantError } from '../../base/result.ts';

/** The exports of the WebAssembly build of libopus; pointers are byte offsets into its memory. */
export interface OpusExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  malloc(sizeBytes: number): number;
  free(pointer: number): void;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(state: number, sampleRateHz: number, channels: number, application: number): number;
  opus_encoder_ctl_set(state: number, request: number, value: number): number;
  opus_encode(state: number, samples: number, frameSamples: number, payload: number, maxBytes: number): number;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(state: number, sampleRateHz: number, channels: number): number;
  opus_decode(state: number, payload: number, bytes: number, out: number, samples: number, isFec: number): number;
}

interface WebAssemblyApi {
  compile: (bytes: Uint8Array) => Promise<object>;
  Instance: new (module: object, imports: Record<string, Record<string, () => void>>) => { readonly exports: unknown };
}

/** Compiles libopus in the background; one instance then serves every encoder and decoder. Rejects when it is damaged. */
export async function loadOpusLibrary(): Promise<OpusExports> {
  // WHY: the type library for Node has no WebAssembly, the one for browsers brings the whole DOM.
  const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const file = createRequire(import.meta.url).resolve('@evan/opus/wasm/simd.wasm');
  const module = await api.compile(await readFile(file));
  const nothing = (): void => {};
  const { exports } = new api.Instance(module, {
    wasi_snapshot_preview1: { fd_seek: nothing, fd_write: nothing, fd_close: nothing, proc_exit: nothing },
    env: { emscripten_notify_memory_growth: nothing },
  });
  const opus = exports as OpusExports;
  opus._initialize();
  return opus;
}

/** A block of the library's memory; 0 means that it is exhausted, which only a leak of ours can cause. */
export function allocate(opus: OpusExports, sizeBytes: number): number {
  const pointer = opus.malloc(sizeBytes);
  if (pointer === 0) throw new InvariantError('libopus has no memory left');
  return pointer;
}
