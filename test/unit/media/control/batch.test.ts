import { describe, expect, it } from 'vitest';
import { batched, unbatched } from '../../../../src-main/media/control/batch.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('messages of one moment', () => {
  it('cross together, in their order, and not before what goes on now is done', async () => {
    const sent: (readonly string[])[] = [];
    const send = batched<string>((messages) => sent.push(messages));
    send('a');
    send('b');
    await Promise.resolve();
    send('c');
    expect(sent).toEqual([]);
    await nextTurn();

    expect(sent).toEqual([['a', 'b', 'c']]);
  });

  it('cross once, and those of the next moment by themselves', async () => {
    const sent: (readonly number[])[] = [];
    const send = batched<number>((messages) => sent.push(messages));
    send(1);
    await nextTurn();
    await nextTurn();
    send(2);
    await nextTurn();

    expect(sent).toEqual([[1], [2]]);
  });

  it('that are made while a batch goes out are the next batch', async () => {
    const sent: (readonly string[])[] = [];
    const send = batched<string>((messages) => {
      sent.push(messages);
      if (sent.length === 1) send('answer');
    });
    send('question');
    await nextTurn();
    await nextTurn();

    expect(sent).toEqual([['question'], ['answer']]);
  });
});

describe('what arrives', () => {
  it('is a list of messages, or nothing of ours', () => {
    expect(unbatched(['a', 'b'])).toEqual(['a', 'b']);
    for (const other of [undefined, null, 'a', 7, { length: 2 }]) expect(unbatched(other)).toEqual([]);
  });
});
