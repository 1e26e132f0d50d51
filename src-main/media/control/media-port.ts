// A message channel to another process, whoever forks it.

/** What the supervision needs of a forked process. */
export interface MediaPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the process has ended, for whatever reason. */
  onExit(listener: (reason: string) => void): void;
  /** Ends the process at once and without asking it: a stuck sound driver answers to nothing else. */
  kill(): void;
}

/** The other end, inside the media process. */
export interface ServerPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}
