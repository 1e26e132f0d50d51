import { describe, expect, it } from 'vitest';
import { PresenceBook } from '../../../src-main/features/presence/presence-book.ts';

const state = (isOpen: boolean, note = '') => ({ isOpen, activity: isOpen ? 'available' : 'offline', note }) as const;

describe('what several phones of one person say — RFC 3856 §6', () => {
  it('is that they can be reached as long as one can', () => {
    const book = new PresenceBook();
    book.note('a', state(true));
    book.note('b', state(false));
    expect(book.state?.isOpen).toBe(true);

    book.forget('a');
    expect(book.state?.isOpen).toBe(false);
  });

  it('is kept of sixteen phones, and the one that was silent longest makes room', () => {
    const book = new PresenceBook();
    book.note('first', state(true, 'old'));
    for (let index = 0; index < 1000; index++) book.note(`tag${index}`, state(false));

    expect(book.size).toBe(16);
    expect(book.state).toEqual(state(false));
  });
});
