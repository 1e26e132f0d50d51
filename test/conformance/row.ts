// What a row of the conformance table is: a stimulus, and the demand that must be seen on the wire.
import type { Lab } from './lab.ts';

export const GROUPS = [
  'registration',
  'originating',
  'terminating',
  'cancellation',
  're-INVITE',
  'dialogs',
  'transactions on UDP',
  'transactions on TCP',
  'timers',
  'authentication',
  'querying',
] as const;

export type Group = (typeof GROUPS)[number];

export interface Row {
  readonly id: string;
  /** `RFC nnnn §x.y`. */
  readonly rfc: string;
  readonly group: Group;
  readonly stimulus: string;
  readonly demand: string;
  readonly run: (lab: Lab) => Promise<void>;
}

type Cells = readonly [rfc: string, stimulus: string, demand: string, run: (lab: Lab) => Promise<void>];

/** Rows of one group, numbered in their order: `CA-01`, `CA-02`, … */
export function rowsOf(group: Group, prefix: string, cells: readonly Cells[]): readonly Row[] {
  return cells.map(([rfc, stimulus, demand, run], index) => ({
    id: `${prefix}-${String(index + 1).padStart(2, '0')}`,
    ...{ rfc, group, stimulus, demand, run },
  }));
}
