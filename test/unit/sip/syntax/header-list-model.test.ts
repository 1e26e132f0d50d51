// A header list beside the simplest list that could be right, whatever is done to both. RFC 3261 §7.3.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../../../src-main/sip/syntax/index.ts';

type Line = readonly [name: string, value: string];
type Step = readonly [act: 'append' | 'set' | 'prepend' | 'remove' | 'removeFirst' | 'copy' | 'clone', name: string];

/** Headers that are asked for often and one that is not, so that both ways of finding a line are taken. */
const NAMES = ['Via', 'From', 'Route', 'X-Other'];

const steps = fc.array(
  fc.tuple(
    fc.constantFrom('append', 'set', 'prepend', 'remove', 'removeFirst', 'copy', 'clone'),
    fc.constantFrom(...NAMES),
  ),
  { maxLength: 30 },
);

/** What `act` does to a plain list of lines that carry one value each. */
function stepped(lines: readonly Line[], [act, name]: Step, value: string): readonly Line[] {
  const first = lines.findIndex(([other]) => other === name);
  const others = lines.filter(([other]) => other !== name);
  switch (act) {
    case 'append':
      return [...lines, [name, value]];
    case 'set':
      if (first < 0) return [...lines, [name, value]];
      return [...lines.slice(0, first), [name, value], ...lines.slice(first).filter(([other]) => other !== name)];
    case 'prepend':
      return lines.toSpliced(Math.max(0, first), 0, [name, value]);
    case 'remove':
      return others;
    case 'removeFirst':
      return first < 0 ? lines : lines.toSpliced(first, 1);
    case 'copy':
      return [...lines, ...lines.filter(([other]) => other === name)];
    case 'clone':
      return lines;
  }
}

function perform(list: HeaderList, [act, name]: Step, value: string): HeaderList {
  if (act === 'clone') return list.clone();
  if (act === 'copy') list.copyFrom(list.clone(), name);
  else if (act === 'remove' || act === 'removeFirst') list[act](name);
  else list[act](name, value);
  return list;
}

describe('HeaderList — RFC 3261 §7.3', () => {
  it('finds what the plainest list would find, after any steps', () => {
    fc.assert(
      fc.property(steps, (all) => {
        let list = new HeaderList();
        let lines: readonly Line[] = [];
        all.forEach((step, index) => {
          list = perform(list, step, `value${index}`);
          lines = stepped(lines, step, `value${index}`);
        });

        expect(list.entries().map(({ name, value }) => [name, value])).toEqual(lines);
        for (const name of NAMES) {
          const values = lines.filter(([other]) => other === name).map(([, value]) => value);
          expect([list.raw(name), list.first(name), list.has(name)]).toEqual([values, values[0], values.length > 0]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
