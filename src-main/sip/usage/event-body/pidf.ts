// Presence: whether somebody can be reached, and what they do. RFC 3863 §4, RFC 4480 §3.2.
import { childOf, childrenOf, childText, escapeXml, parseXml, type XmlElement } from './xml.ts';

export const PIDF_TYPE = 'application/pidf+xml';

/** What a person may say of themselves here. */
export type Activity = 'available' | 'away' | 'busy' | 'onThePhone' | 'offline';

export interface PresenceState {
  readonly isOpen: boolean;
  readonly activity: Activity;
  readonly note: string;
}

const MAX_NOTE_LENGTH = 200;

/** RFC 4480 §3.2: its activities, as the few that we show. */
const ACTIVITIES: Readonly<Record<string, Activity>> = {
  'on-the-phone': 'onThePhone', away: 'away', vacation: 'away', holiday: 'away', meal: 'away', sleeping: 'away',
  'permanent-absence': 'away', travel: 'away', busy: 'busy', meeting: 'busy', appointment: 'busy', presentation: 'busy',
  performance: 'busy', driving: 'busy', 'in-transit': 'busy', working: 'available',
}; // prettier-ignore

/** Undefined when it is no presence document. */
export function parsePidf(text: string): PresenceState | undefined {
  const presence = parseXml(text);
  if (presence?.name !== 'presence') return undefined;
  const tuples = childrenOf(presence, 'tuple');
  // RFC 3863 §4.1.4: open when any of the tuples is
  const isOpen = tuples.some((tuple) => childText(childOf(tuple, 'status'), 'basic').toLowerCase() === 'open');
  const note = [presence, ...tuples, ...childrenOf(presence, 'person')].map((element) => childText(element, 'note'));
  return {
    isOpen,
    activity: activityOf(presence, tuples) ?? (isOpen ? 'available' : 'offline'),
    note: (note.find((line) => line !== '') ?? '').slice(0, MAX_NOTE_LENGTH),
  };
}

function activityOf(presence: XmlElement, tuples: readonly XmlElement[]): Activity | undefined {
  const persons = childrenOf(presence, 'person');
  for (const element of [...persons, ...tuples, ...tuples.flatMap((tuple) => childrenOf(tuple, 'status'))]) {
    for (const { name } of childOf(element, 'activities')?.children ?? []) {
      const activity = ACTIVITIES[name];
      if (activity) return activity;
    }
  }
  return undefined;
}

const RPID: Readonly<Record<Activity, string>> = {
  available: '', offline: '', away: '<rpid:away/>', busy: '<rpid:busy/>', onThePhone: '<rpid:on-the-phone/>',
}; // prettier-ignore

/** Our own presence, of `entity` (a pres: or sip: URI). */
export function formatPidf(entity: string, { isOpen, activity, note }: PresenceState): string {
  const basic = isOpen ? 'open' : 'closed';
  const person =
    RPID[activity] === '' ? '' : `<dm:person id="p1"><rpid:activities>${RPID[activity]}</rpid:activities></dm:person>`;
  const noteText = note === '' ? '' : `<note>${escapeXml(note.slice(0, MAX_NOTE_LENGTH))}</note>`;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" ' +
    `xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="${escapeXml(entity)}">` +
    `<tuple id="nightjar"><status><basic>${basic}</basic></status>${noteText}</tuple>${person}</presence>\n`
  );
}
