// Why a message was refused, with what could be read of it. RFC 3261 §8.2, §18.
import type { HeaderList } from './header-list.ts';
import type { SyntaxFailure } from './syntax-failure.ts';

/** A request that was refused; its headers may be malformed or missing. */
export interface FragmentaryRequest {
  readonly method: string;
  readonly headers: HeaderList;
}

/** `request` is there when a Request-Line was read, so that it can be answered. */
export interface ParseFailure extends SyntaxFailure {
  readonly request?: FragmentaryRequest;
}
