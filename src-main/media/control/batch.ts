// Messages that are sent at the same moment go as one: each crossing wakes the other process, which costs more than the message.

/** A `send` for single messages that hands them over together, in order, after what is going on has gone to the network. */
export function batched<Message>(send: (messages: readonly Message[]) => void): (message: Message) => void {
  let waiting: Message[] = [];
  const flush = (): void => {
    const messages = waiting;
    waiting = [];
    send(messages);
  };
  return (message) => {
    if (waiting.length === 0) setImmediate(flush);
    waiting.push(message);
  };
}

/** The single messages of what arrived; anything but a list is none of ours. */
export const unbatched = (received: unknown): readonly unknown[] => (Array.isArray(received) ? received : []);
