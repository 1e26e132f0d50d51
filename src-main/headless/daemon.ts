// `nightjar daemon`: the phone without a window, until a signal ends it.
import { openPhone, type Phone } from '../app/index.ts';
import { lineSink, Logger } from '../base/logger.ts';
import type { DaemonOptions } from './command-line.ts';
import { EXIT, reportFailure, type Console } from './console.ts';

/** What is kept on disk is read once the phone is there for its callers. */
const WHOLE_VIEW_DELAY_MS = 400;

/** WHY: the registrar that is near answers within a millisecond, and to take its answer up matters more than to tell that we are here. */
const TELL_DELAY_MS = 5;

export async function runDaemon(options: DaemonOptions, console: Console): Promise<number> {
  const logger = new Logger(lineSink((line) => process.stderr.write(line), options.isVerbose ? 'debug' : 'warn'));
  const stopped = stopSignal();
  const opened = await openPhone({
    dataRoot: options.data,
    configFile: options.config,
    controlPath: options.control,
    audio: options.audio,
    logger,
  });
  if (!opened.ok) return reportFailure(console, options.isJson, opened.error);
  const { phone, controlPath, close } = opened.value;
  await new Promise((resolve) => setTimeout(resolve, TELL_DELAY_MS));
  if (options.isJson) {
    console.out(JSON.stringify({ ready: true, control: controlPath, listen: phone.listen, pid: process.pid }));
    // A change of the view is told before the command that made it is answered.
    phone.onEvent((event) => console.event(JSON.stringify(event), event.event !== 'phone.changed'));
    // What changed before anybody could listen.
    console.out(JSON.stringify(phone.getActivity()));
    phone.whenQuiet(WHOLE_VIEW_DELAY_MS, () => printView(phone, console));
  } else {
    console.out(`nightjar is running; control it with: nightjar ctl --control ${controlPath} phone.getView`);
  }
  await stopped;
  await close();
  return EXIT.done;
}

function printView(phone: Phone, console: Console): void {
  const { revision, ...changed } = phone.getView();
  console.out(JSON.stringify({ event: 'phone.changed', revision, changed }));
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    const stop = () => {
      if (isStopping) process.exit(EXIT.failed);
      isStopping = true;
      resolve();
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
  });
}
