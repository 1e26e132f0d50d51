// Where a command writes, and the exit statuses of the command line.

export interface Console {
  out(text: string): void;
  /** A line of many: left out while the reader is far behind, and, when it can wait, written together with its neighbours. */
  event(text: string, canWait: boolean): void;
  error(text: string): void;
}

export const EXIT = { done: 0, failed: 1, usage: 2, notRunning: 3 } as const;

/** Reports a refusal: one line on stderr, and with `--json` a failure object on stdout. */
export function reportFailure(
  console: Console,
  isJson: boolean,
  failure: { readonly code: string; readonly message: string },
  more: object = {},
): number {
  if (isJson) console.out(JSON.stringify({ ok: false, failure, ...more }));
  console.error(`nightjar: ${failure.message}`);
  return EXIT.failed;
}
