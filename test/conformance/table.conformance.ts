// The conformance table, in the spirit of ETSI TS 102 027: each row against a whole phone over real sockets.
import { describe, expect, it } from 'vitest';
import { Lab } from './lab.ts';
import { GROUPS } from './row.ts';
import { TABLE } from './table.ts';

describe('the conformance table', () => {
  it('has at least 150 rows, each with an id of its own and a section of an RFC', () => {
    expect(TABLE.length).toBeGreaterThanOrEqual(150);
    expect(new Set(TABLE.map(({ id }) => id)).size).toBe(TABLE.length);
    expect(TABLE.filter(({ rfc }) => !/^RFC \d{4} §[\d.]+$/.test(rfc))).toEqual([]);
    expect(GROUPS.filter((group) => !TABLE.some((row) => row.group === group))).toEqual([]);
  });

  for (const [index, { id, rfc, group, stimulus, demand, run }] of TABLE.entries()) {
    it.concurrent(`${id} | ${rfc} | ${group} | ${stimulus} | ${demand}`, async () => {
      const lab = new Lab(index);
      try {
        await run(lab);
      } finally {
        await lab.close();
      }
    });
  }
});
