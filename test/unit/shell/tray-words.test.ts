import { describe, expect, it } from 'vitest';
import { trayText } from '../../../src-main/shell/tray-words.ts';

describe('the words of the tray', () => {
  it('say how much waits to be heard, and that the user is away', () => {
    expect(trayText({ unheardCount: 0, isOn: false })).toBe('Nightjar');
    expect(trayText({ unheardCount: 1, isOn: false })).toBe('Nightjar: one new message');
    expect(trayText({ unheardCount: 2, isOn: true })).toBe('Nightjar: 2 new messages, away');
    expect(trayText({ unheardCount: 0, isOn: true })).toBe('Nightjar: away');
  });
});
