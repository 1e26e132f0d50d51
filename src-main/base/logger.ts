// Structured log lines with a scope. Secrets never come here: callers log names and counts, not messages.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;

export interface LogRecord {
  readonly level: LogLevel;
  readonly scope: string;
  readonly message: string;
  readonly fields: LogFields;
}

export type LogSink = (record: LogRecord) => void;

const RANK: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

export class Logger {
  readonly #sink: LogSink;
  readonly #scope: string;

  constructor(sink: LogSink, scope = '') {
    this.#sink = sink;
    this.#scope = scope;
  }

  /** A logger whose lines carry `scope` after this one's own. */
  child(scope: string): Logger {
    return new Logger(this.#sink, this.#scope === '' ? scope : `${this.#scope}/${scope}`);
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#sink({ level: 'debug', scope: this.#scope, message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.#sink({ level: 'info', scope: this.#scope, message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#sink({ level: 'warn', scope: this.#scope, message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.#sink({ level: 'error', scope: this.#scope, message, fields });
  }
}

/** Writes one line a record to `write`, leaving out what is below `minimum`. */
export function lineSink(write: (line: string) => void, minimum: LogLevel): LogSink {
  return ({ level, scope, message, fields }) => {
    if (RANK[level] < RANK[minimum]) return;
    const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
    write(`${level.padEnd(5)} ${scope}: ${message}${rest.join('')}\n`);
  };
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  return JSON.stringify(value);
}

/** Drops everything; for tests that do not look at the log. */
export const silentLogger = new Logger(() => {});
