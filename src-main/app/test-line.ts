// Opens the built-in test line: a second SIP stack in this process, on 127.0.0.1 only.
import type { Account } from '../features/registration/index.ts';
import { TEST_LINE_ADDRESS, TestLine } from '../features/testline/index.ts';
import type { PhonePorts } from './phone-ports.ts';
import { createSipStack } from './sip-stack.ts';

export interface OpenedTestLine {
  readonly account: Account;
  readonly address: string;
  close(): Promise<void>;
}

type TestLinePorts = Pick<PhonePorts, 'network' | 'runtime' | 'logger' | 'media' | 'config'>;

/** undefined when loopback cannot be listened on: the phone works without it. */
export async function openTestLine({
  network,
  runtime,
  logger,
  media,
  config,
}: TestLinePorts): Promise<OpenedTestLine | undefined> {
  const log = logger.child('testline');
  const stack = createSipStack({ network, runtime, logger: log, accountFor: () => line.identity(), maxSessions: 32 });
  const listening = await stack.transport.listen({ protocol: 'udp', address: TEST_LINE_ADDRESS, port: 0 });
  if (!listening.ok) {
    log.warn('the test line cannot listen', { reason: listening.error.message });
    stack.transport.close();
    return undefined;
  }
  const { port } = listening.value.local;
  const tcp = await stack.transport.listen({ protocol: 'tcp', address: TEST_LINE_ADDRESS, port });
  if (!tcp.ok) log.warn('the test line has no TCP', { reason: tcp.error.message });
  const line: TestLine = new TestLine({
    core: stack.core,
    port,
    media,
    runtime,
    logger: log,
    portRange: config.media.portRange,
  });
  return {
    account: line.account(),
    address: `${TEST_LINE_ADDRESS}:${port}`,
    close: async () => {
      await line.close();
      stack.transport.close();
    },
  };
}
