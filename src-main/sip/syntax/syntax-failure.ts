// Why a message or a part of it was refused, as data.

export type SyntaxFailureKind =
  | 'empty'
  | 'tooLarge'
  | 'badStartLine'
  | 'unsupportedVersion'
  | 'badUri'
  | 'uriTooLong'
  | 'badHeader'
  | 'missingHeader'
  | 'conflictingHeader'
  | 'badContentLength';

/** `statusCode` is what a request so refused is answered with. */
export interface SyntaxFailure {
  readonly kind: SyntaxFailureKind;
  readonly message: string;
  readonly statusCode: number;
}

/** A failure with the status code that belongs to its kind. */
export function syntaxFailure(kind: SyntaxFailureKind, message: string): SyntaxFailure {
  return { kind, message, statusCode: statusCodeOf(kind) };
}

function statusCodeOf(kind: SyntaxFailureKind): number {
  // RFC 3261 §21.5.6, §21.5.7: a version or a size that is not served has a code of its own.
  if (kind === 'unsupportedVersion') return 505;
  // RFC 3261 §21.4.12: so has a Request-URI that is longer than we read.
  if (kind === 'uriTooLong') return 414;
  return kind === 'tooLarge' ? 513 : 400;
}
