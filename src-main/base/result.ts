// Expected failures as values: what a parser or an operation that can be refused returns.

/** Either a value or a failure; the failure is data with a closed set of kinds, never an exception. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** A broken promise of our own code (never of a peer): caught at the edge of the process, which restarts the unit concerned. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** The default branch of an exhaustive switch. */
export function unreachable(value: never): never {
  throw new InvariantError(`unreachable: ${JSON.stringify(value)}`);
}
