// All rows of the conformance table, group by group.
import { AUTHENTICATION } from './authentication.ts';
import { CANCELLATION } from './cancellation.ts';
import { CLICK_TO_DIAL } from './click-to-dial.ts';
import { DIALOGS } from './dialogs.ts';
import { ORIGINATING } from './originating.ts';
import { OWN_PORTS } from './own-ports.ts';
import { QUERYING } from './querying.ts';
import { REGISTRATION } from './registration.ts';
import { RE_INVITE } from './re-invite.ts';
import type { Row } from './row.ts';
import { TERMINATING } from './terminating.ts';
import { TIMERS } from './timers.ts';
import { TRANSACTIONS_TCP, TRANSACTIONS_UDP } from './transactions.ts';

export const TABLE: readonly Row[] = [
  ...REGISTRATION,
  ...OWN_PORTS,
  ...ORIGINATING,
  ...TERMINATING,
  ...CANCELLATION,
  ...RE_INVITE,
  ...DIALOGS,
  ...CLICK_TO_DIAL,
  ...TRANSACTIONS_UDP,
  ...TRANSACTIONS_TCP,
  ...TIMERS,
  ...AUTHENTICATION,
  ...QUERYING,
];
