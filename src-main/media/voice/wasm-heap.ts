// What the WebAssembly builds of the voice libraries have in common: a heap with an allocator.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Pointers are byte offsets into the heap; the views are replaced when the memory grows. */
export interface WasmHeap {
  readonly HEAP16: Int16Array;
  readonly HEAPF32: Float32Array;
  _malloc(sizeBytes: number): number;
  _free(pointer: number): void;
}

/** The default export of a package that is loaded only when it is needed; rejects when it is missing. */
export async function loadPackage<T>(name: string): Promise<T> {
  const file = createRequire(import.meta.url).resolve(name);
  const { default: load } = (await import(pathToFileURL(file).href)) as { default: () => Promise<T> };
  const before = new Map(CRASH_EVENTS.map((event) => [event, process.listeners(event as 'exit')]));
  const loaded = await load();
  // WHY: such builds hook crashes of the whole process; a fault of ours is reported by our own means.
  for (const [event, listeners] of before) {
    for (const listener of process.listeners(event as 'exit'))
      if (!listeners.includes(listener)) process.removeListener(event, listener);
  }
  return loaded;
}

const CRASH_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
