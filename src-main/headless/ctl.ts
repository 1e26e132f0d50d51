// `nightjar ctl`: one contract command to a running phone, or all its events until stopped.
import { defaultControlPath } from '../app/index.ts';
import type { CtlOptions } from './command-line.ts';
import { EXIT, type Console } from './console.ts';
import { connectControl } from './control-client.ts';

export async function runCtl(options: CtlOptions, console: Console): Promise<number> {
  const path = options.control ?? defaultControlPath(options.data);
  const client = await connectControl(path);
  if (!client) {
    console.error(`nightjar: no phone is running at ${path}`);
    return EXIT.notRunning;
  }
  if (options.isFollowing) {
    client.onEvent((event) => console.out(JSON.stringify(event)));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => client.close());
    await client.closed;
    return EXIT.done;
  }
  const reply = await client.call(options.command, options.params);
  client.close();
  console.out(JSON.stringify(reply));
  return reply.ok ? EXIT.done : EXIT.failed;
}
