// Settings and facts of the ways in, as tests want them.
import type { AwayFacts, WaySettings } from '../../../../../src-main/features/away/ways-in/decide-away.ts';

export const buildWays = (given: Partial<WaySettings> = {}): WaySettings => ({
  ...{ enabled: false, enabledUntilMs: null, pausedUntilMs: null, schedule: [], onLock: false },
  ...{ onIdleMin: null, onDoNotDisturb: false, whenBusy: 'never', answerAfterSec: 15 },
  ...given,
});

export const buildFacts = (given: Partial<AwayFacts> = {}): AwayFacts => ({
  ...{ isDoNotDisturb: false, isLocked: false, idleSinceMs: null, calendarSpans: [] },
  ...given,
});
