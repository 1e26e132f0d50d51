// The strict look at every header that this stack knows, for those who must refuse a malformed one. RFC 3261 §8.2, §21.4.1.
import { type Result, ok } from '../../base/result.ts';
import type { HeaderList } from './header-list.ts';
import type { HeaderReader } from './header-type.ts';
import * as headers from './headers.ts';
import type { SyntaxFailure } from './syntax-failure.ts';

const KNOWN: readonly HeaderReader<unknown>[] = Object.values(headers);

/** Fails with the first header, of those known, that has a malformed value. */
export function checkKnownHeaders(list: HeaderList): Result<undefined, SyntaxFailure> {
  for (const header of KNOWN) {
    const checked = list.check(header);
    if (!checked.ok) return checked;
  }
  return ok(undefined);
}
