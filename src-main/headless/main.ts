// Entry of the command line: picks the command, runs it, and ends with its exit status.
import { parseCommandLine, USAGE } from './command-line.ts';
import { EXIT, type Console } from './console.ts';

/** What a reader has not taken stays in memory; one that never reads shall not fill it. */
const MAX_UNREAD_BYTES = 4_000_000;

const { stdout, stderr } = process;
const unsent: string[] = [];

function send(): void {
  if (unsent.length > 0) stdout.write(unsent.splice(0).join(''));
}

const console: Console = {
  out: (text) => {
    unsent.push(`${text}\n`);
    send();
  },
  event: (text, canWait) => {
    if (stdout.writableLength > MAX_UNREAD_BYTES) return;
    // WHY: each write wakes the reader, which costs more than the line.
    if (canWait && unsent.length === 0) setImmediate(send);
    unsent.push(`${text}\n`);
    if (!canWait) send();
  },
  error: (text) => void stderr.write(`${text}\n`),
};

async function main(): Promise<number> {
  const parsed = parseCommandLine(process.argv.slice(2));
  if (!parsed.ok) {
    console.error(`nightjar: ${parsed.error}`);
    console.error(USAGE);
    return EXIT.usage;
  }
  const command = parsed.value;
  // Each command loads only what it needs: `ctl` starts in a fraction of what the phone takes.
  switch (command.name) {
    case 'help':
      console.out(USAGE);
      return EXIT.done;
    case 'version':
      console.out(`nightjar ${command.version}`);
      return EXIT.done;
    case 'ctl':
      return (await import('./ctl.ts')).runCtl(command, console);
    case 'daemon':
      return (await import('./daemon.ts')).runDaemon(command, console);
    case 'call':
      return (await import('./call-command.ts')).runCall(command, console);
    case 'messages':
      return (await import('./messages.ts')).runMessages(command, console);
    case 'history':
      return (await import('./history.ts')).runHistory(command, console);
    case 'doctor':
      return (await import('./doctor.ts')).runDoctor(command, console);
  }
}

void main().then((status) => {
  process.exitCode = status;
  // Whatever still holds the event loop (a sound driver that does not let go) must not keep the command alive.
  setTimeout(() => process.exit(), 1000).unref();
});
