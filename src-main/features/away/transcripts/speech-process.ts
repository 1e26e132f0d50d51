// Entry file of the speech process: it writes one recording down and ends. It gives way to everything else on the machine.
import { constants, setPriority } from 'node:os';
import { parentPort } from '../../../media/index.ts';
import type { SpeechReply, SpeechRequest } from './speech-messages.ts';
import { WriteDown } from './write-down.ts';

function goLast(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // Then it runs as others do.
  }
}

const port = parentPort();
if (port) {
  goLast();
  let work: WriteDown | undefined;
  const tell = (reply: SpeechReply): void => port.send(reply);
  port.onMessage((message) => {
    const request = message as SpeechRequest;
    if (request.kind === 'stop') {
      work?.stop('It was stopped.');
      return;
    }
    if (request.kind === 'finish') {
      work?.finish();
      return;
    }
    work = new WriteDown(request, tell);
    void work.run();
  });
  process.on('disconnect', () => {
    work?.stop('The phone has ended.');
    process.exit(0);
  });
  // Signals of the terminal are the phone's business.
  process.on('SIGINT', () => {});
} else {
  process.stderr.write('this file is started by the phone\n');
  process.exitCode = 2;
}
