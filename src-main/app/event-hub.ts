// Where the phone's events meet their listeners: windows, control clients, the command line.
import type { AnyEvent } from '../../src-shared/contract/index.ts';
import type { Logger } from '../base/logger.ts';
import { TypedEmitter, type Unsubscribe } from '../base/typed-emitter.ts';

export class EventHub {
  readonly #emitter: TypedEmitter<{ event: AnyEvent }>;

  constructor(logger: Logger) {
    this.#emitter = new TypedEmitter(logger);
  }

  emit(event: AnyEvent): void {
    this.#emitter.emit('event', event);
  }

  listen(listener: (event: AnyEvent) => void): Unsubscribe {
    return this.#emitter.on('event', listener);
  }
}
