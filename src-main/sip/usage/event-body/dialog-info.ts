// Whether somebody's line is idle, rings or is in use: application/dialog-info+xml. RFC 4235 §4.
import { childOf, childrenOf, childText, escapeXml, parseXml, type XmlElement } from './xml.ts';

export const DIALOG_INFO_TYPE = 'application/dialog-info+xml';

export type DialogState = 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated';

export interface WatchedDialog {
  readonly id: string;
  readonly direction: 'initiator' | 'recipient' | undefined;
  readonly state: DialogState;
  readonly remote: string;
  /** The Contact of the peer; empty when it is not told. RFC 4235 §4.1.6 */
  readonly remoteTarget: string;
  /** With these three a ringing call can be picked up. RFC 3891 §3 */
  readonly callId: string | undefined;
  readonly localTag: string | undefined;
  readonly remoteTag: string | undefined;
}

export interface DialogInfo {
  readonly version: number;
  readonly isFull: boolean;
  readonly dialogs: readonly WatchedDialog[];
}

export type LineState = 'idle' | 'ringing' | 'inUse';

const MAX_DIALOGS = 64;
const STATES: readonly string[] = ['trying', 'proceeding', 'early', 'confirmed', 'terminated'];

export function parseDialogInfo(text: string): DialogInfo | undefined {
  const root = parseXml(text);
  const version = Number(root?.attributes.get('version') ?? 'x');
  if (root?.name !== 'dialog-info' || !Number.isSafeInteger(version) || version < 0) return undefined;
  return {
    version,
    isFull: root.attributes.get('state') !== 'partial',
    dialogs: childrenOf(root, 'dialog').slice(0, MAX_DIALOGS).map(toDialog),
  };
}

function toDialog(element: XmlElement): WatchedDialog {
  const direction = element.attributes.get('direction');
  const remote = childOf(element, 'remote');
  const state = childText(element, 'state');
  return {
    id: element.attributes.get('id') ?? '',
    direction: direction === 'initiator' || direction === 'recipient' ? direction : undefined,
    state: STATES.includes(state) ? (state as DialogState) : 'trying',
    remote: childText(remote, 'identity').slice(0, 256),
    remoteTarget: (childOf(remote, 'target')?.attributes.get('uri') ?? '').slice(0, 256),
    callId: element.attributes.get('call-id'),
    localTag: element.attributes.get('local-tag'),
    remoteTag: element.attributes.get('remote-tag'),
  };
}

/** The dialogs of one watched line over its NOTIFYs. */
export class DialogWatch {
  #version = -1;
  #dialogs = new Map<string, WatchedDialog>();

  get dialogs(): readonly WatchedDialog[] {
    return [...this.#dialogs.values()];
  }

  /** RFC 4235 §4.1.1: a full document replaces all; a partial one that skips a version is not enough: false. */
  take(info: DialogInfo): boolean {
    if (!info.isFull && this.#version >= 0 && info.version <= this.#version) return true;
    if (!info.isFull && info.version !== this.#version + 1) return false;
    if (info.isFull) this.#dialogs = new Map();
    this.#version = info.version;
    for (const dialog of info.dialogs) {
      if (dialog.state === 'terminated') this.#dialogs.delete(dialog.id);
      else if (this.#dialogs.size < MAX_DIALOGS || this.#dialogs.has(dialog.id)) this.#dialogs.set(dialog.id, dialog);
    }
    return true;
  }

  /** RFC 4235 §3.7.1: what a lamp shows: ringing when a call comes in, in use for any other. */
  get line(): LineState {
    const { dialogs } = this;
    if (dialogs.some(({ state }) => state === 'confirmed')) return 'inUse';
    const isRinging = dialogs.some(({ state, direction }) => state === 'early' && direction === 'recipient');
    if (isRinging) return 'ringing';
    return dialogs.length > 0 ? 'inUse' : 'idle';
  }
}

/** A dialog of ours as we tell it. */
export type ToldDialog = Pick<WatchedDialog, 'id' | 'direction' | 'state'> &
  Partial<Pick<WatchedDialog, 'remote' | 'remoteTarget' | 'callId' | 'localTag' | 'remoteTag'>>;

/** Our own line, for those who may watch it: states, and what is needed to pick a call up only where that is given. */
export function formatDialogInfo(entity: string, version: number, dialogs: readonly ToldDialog[]): string {
  return (
    '<?xml version="1.0"?>\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" ' +
    `version="${version}" state="full" entity="${escapeXml(entity)}">${dialogs.map(formatDialog).join('')}</dialog-info>\n`
  );
}

function formatDialog(dialog: ToldDialog): string {
  const { id, direction, state, callId, localTag, remoteTag, remote, remoteTarget } = dialog;
  const attributes = Object.entries({
    id,
    'call-id': callId,
    'local-tag': localTag,
    'remote-tag': remoteTag,
    direction,
  })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`);
  const identity = remote === undefined ? '' : `<identity>${escapeXml(remote)}</identity>`;
  const target = remoteTarget === undefined ? '' : `<target uri="${escapeXml(remoteTarget)}"/>`;
  const peer = identity + target === '' ? '' : `<remote>${identity}${target}</remote>`;
  return `<dialog${attributes.join('')}><state>${state}</state>${peer}</dialog>`;
}
