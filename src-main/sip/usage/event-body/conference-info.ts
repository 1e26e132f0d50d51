// Who is in a conference: application/conference-info+xml, whole or by changes. RFC 4575 §4, §5.
import { childOf, childrenOf, childText, parseXml, type XmlElement } from './xml.ts';

export const CONFERENCE_INFO_TYPE = 'application/conference-info+xml';

export interface Participant {
  readonly address: string;
  readonly displayName: string;
  /** Of their first endpoint: connected, on-hold, dialing-out, … Empty when the focus does not say. */
  readonly status: string;
}

type Change = 'full' | 'partial' | 'deleted';

interface UserChange {
  readonly change: Change;
  readonly participant: Participant;
}

export interface ConferenceInfo {
  readonly version: number;
  readonly change: Change;
  readonly subject: string | undefined;
  readonly users: readonly UserChange[];
}

const MAX_PARTICIPANTS = 200;
const MAX_TEXT_LENGTH = 256;

export function parseConferenceInfo(text: string): ConferenceInfo | undefined {
  const root = parseXml(text);
  if (root?.name !== 'conference-info') return undefined;
  const version = Number(root.attributes.get('version') ?? '0');
  if (!Number.isSafeInteger(version) || version < 0) return undefined;
  return {
    version,
    change: changeOf(root),
    subject: childOf(childOf(root, 'conference-description'), 'subject')?.text.slice(0, MAX_TEXT_LENGTH),
    users: childrenOf(childOf(root, 'users'), 'user').slice(0, MAX_PARTICIPANTS).map(toUser),
  };
}

/** RFC 4575 §4.4: the state attribute; full where it is missing. */
function changeOf(element: XmlElement): Change {
  const state = element.attributes.get('state');
  return state === 'partial' || state === 'deleted' ? state : 'full';
}

function toUser(element: XmlElement): UserChange {
  const [endpoint] = childrenOf(element, 'endpoint');
  return {
    change: changeOf(element),
    participant: {
      address: (element.attributes.get('entity') ?? '').slice(0, MAX_TEXT_LENGTH),
      displayName: childText(element, 'display-text').slice(0, MAX_TEXT_LENGTH),
      status: childText(endpoint, 'status').slice(0, 32),
    },
  };
}

/** The participants over the NOTIFYs of one subscription. */
export class ConferenceRoster {
  #version = -1;
  #participants = new Map<string, Participant>();
  #subject = '';
  #isOver = false;

  get participants(): readonly Participant[] {
    return [...this.#participants.values()];
  }

  get subject(): string {
    return this.#subject;
  }

  /** The conference was deleted. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** RFC 4575 §4.4: false when changes were missed, so that the whole must be asked for. */
  take(info: ConferenceInfo): boolean {
    const isPartial = info.change === 'partial';
    if (isPartial && this.#version >= 0 && info.version <= this.#version) return true;
    if (isPartial && info.version !== this.#version + 1) return false;
    this.#version = info.version;
    this.#isOver = info.change === 'deleted';
    if (!isPartial) this.#participants = new Map();
    if (info.subject !== undefined) this.#subject = info.subject;
    for (const user of this.#isOver ? [] : info.users) this.#takeUser(user);
    return true;
  }

  #takeUser({ change, participant }: UserChange): void {
    const { address } = participant;
    const before = this.#participants.get(address);
    if (change === 'deleted') this.#participants.delete(address);
    else if (before && change === 'partial') {
      // What a partial element leaves out stays as it was.
      this.#participants.set(address, {
        address,
        displayName: participant.displayName === '' ? before.displayName : participant.displayName,
        status: participant.status === '' ? before.status : participant.status,
      });
    } else if (before || this.#participants.size < MAX_PARTICIPANTS) this.#participants.set(address, participant);
  }
}
