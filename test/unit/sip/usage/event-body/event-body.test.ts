import { describe, expect, it } from 'vitest';
import {
  ConferenceRoster,
  DialogWatch,
  formatCpim,
  formatDialogInfo,
  formatImdn,
  formatIsComposing,
  formatPidf,
  parseConferenceInfo,
  parseCpim,
  parseDialogInfo,
  parseImdn,
  parseIsComposing,
  parseMessageSummary,
  parsePidf,
} from '../../../../../src-main/sip/usage/index.ts';

describe('a message summary — RFC 3842 §5.2', () => {
  it('tells new from old messages and where to hear them — RFC 3842 §3.5', () => {
    const text =
      'Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n\r\nX: y';

    expect(parseMessageSummary(text)).toEqual({
      isWaiting: true,
      newCount: 2,
      oldCount: 8,
      address: 'sip:alice@vmail.example.com',
    });
  });

  it('reads an address of a mailbox up to 256 characters, and counts up to 99,999', () => {
    const text = `Messages-Waiting: yes\r\nMessage-Account: sip:${'a'.repeat(1000)}@b\r\nVoice-Message: 999999999/1\r\n`;

    expect(parseMessageSummary(text)).toMatchObject({ newCount: 99_999, address: `sip:${'a'.repeat(252)}` });
  });

  it('does without counts', () => {
    expect(parseMessageSummary('messages-waiting : NO\n')).toEqual({
      isWaiting: false,
      newCount: undefined,
      oldCount: undefined,
      address: undefined,
    });
    expect(parseMessageSummary('Messages-Waiting: yes\nVoice-Message: many')).toMatchObject({ newCount: undefined });
  });

  it.each(['', 'Voice-Message: 1/2', 'Messages-Waiting: perhaps'])('is unreadable as %j', (text) => {
    expect(parseMessageSummary(text)).toBeUndefined();
  });
});

describe('XML from the network — RFC 3023 §10', () => {
  const presence = (inside: string) => `<presence>${inside}</presence>`;
  it.each([
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><presence>&a;</presence>'],
    ['character data sections', presence('<![CDATA[x]]>')],
    ['tags that do not close', presence('<tuple>')],
    ['tags that cross', presence('<a><b></a></b>')],
    ['too deep a tree', presence('<a>'.repeat(40) + '</a>'.repeat(40))],
    ['too many tags', presence('<a/>'.repeat(5000))],
    ['too large a text', presence('x'.repeat(70_000))],
    ['no XML at all', 'hello'],
  ])('is refused with %s', (_, text) => {
    expect(parsePidf(text)).toBeUndefined();
  });

  it('reads the predefined entities and characters by number, and no others', () => {
    const note = parsePidf(presence('<note>a &lt;b&gt; &amp;amp; &#233; &#x1F600; &bomb;</note>'))?.note;

    expect(note).toBe('a <b> &amp; é 😀 &bomb;');
  });

  it('writes any text so that it stays text', () => {
    const hostile = '</note><tuple>"\'&\r\n\0';

    const written = formatPidf('sip:a@b', { isOpen: true, activity: 'available', note: hostile });

    expect(parsePidf(written)?.note).toBe('</note><tuple>"\'&');
  });
});

describe('presence — RFC 3863 §4', () => {
  it('is read from any name space prefix, open when one tuple is (RFC 3863 §4.1.4), with the activity of RFC 4480 §3.2', () => {
    const text =
      '<?xml version="1.0"?><p:presence xmlns:p="urn:ietf:params:xml:ns:pidf" entity="sip:a@b">' +
      '<p:tuple id="1"><p:status><p:basic>closed</p:basic></p:status></p:tuple>' +
      '<p:tuple id="2"><p:status><p:basic>open</p:basic></p:status><p:note>Here</p:note></p:tuple>' +
      '<dm:person><rpid:activities><rpid:on-the-phone/></rpid:activities></dm:person></p:presence>';

    expect(parsePidf(text)).toEqual({ isOpen: true, activity: 'onThePhone', note: 'Here' });
  });

  it.each(['available', 'away', 'busy', 'onThePhone'] as const)('writes %s so that it is read again', (activity) => {
    const state = { isOpen: true, activity, note: 'At lunch' };

    expect(parsePidf(formatPidf('sip:a@b', state))).toEqual(state);
  });

  it('is offline when nothing is open', () => {
    expect(parsePidf('<presence/>')).toEqual({ isOpen: false, activity: 'offline', note: '' });
  });
});

describe('dialog information — RFC 4235 §4', () => {
  const info = (version: number, state: string, inside: string) =>
    parseDialogInfo(`<dialog-info version="${version}" state="${state}" entity="sip:a@b">${inside}</dialog-info>`);
  const dialog = (id: string, state: string, direction = 'recipient') =>
    `<dialog id="${id}" call-id="c${id}" local-tag="l" remote-tag="r" direction="${direction}"><state>${state}</state>` +
    '<remote><identity>sip:bob@example.com</identity></remote></dialog>';
  const take = (watch: DialogWatch, read: ReturnType<typeof info>) => read !== undefined && watch.take(read);

  it('makes a lamp: idle, ringing, in use, idle — RFC 4235 §3.7.1', () => {
    const watch = new DialogWatch();
    const seen = [watch.line];
    for (const [version, state] of ['early', 'confirmed', 'terminated'].entries()) {
      take(watch, info(version, version === 0 ? 'full' : 'partial', dialog('1', state)));
      seen.push(watch.line);
    }

    expect(seen).toEqual(['idle', 'ringing', 'inUse', 'idle']);
  });

  it('names what a pickup needs', () => {
    expect(info(0, 'full', dialog('1', 'early'))?.dialogs).toEqual([
      {
        ...{ id: '1', direction: 'recipient', state: 'early', remote: 'sip:bob@example.com' },
        ...{ callId: 'c1', localTag: 'l', remoteTag: 'r', remoteTarget: '' },
      },
    ]);
  });

  it('tells of our own calls what others read, and nothing of peers unless it is given — RFC 4235 §4.1.6', () => {
    const bare = { id: '1', direction: 'recipient', state: 'early' } as const;
    const whole = {
      ...bare,
      ...{ callId: 'a"b@c', localTag: 'l', remoteTag: 'r', remote: 'sip:a@b', remoteTarget: 'sip:a@c;x=<&>' },
    };

    expect(formatDialogInfo('sip:me@x', 0, [bare])).not.toMatch(/call-id|tag|remote/);
    expect(parseDialogInfo(formatDialogInfo('sip:me@x', 0, [whole]))?.dialogs).toEqual([whole]);
  });

  it('adds up partial documents, and says when one was missed — RFC 4235 §4.1.1', () => {
    const watch = new DialogWatch();

    expect(take(watch, info(0, 'full', dialog('1', 'confirmed')))).toBe(true);
    expect(take(watch, info(1, 'partial', dialog('2', 'early')))).toBe(true);
    expect(watch.dialogs.map(({ id }) => id)).toEqual(['1', '2']);
    expect(take(watch, info(1, 'partial', dialog('3', 'early')))).toBe(true);
    expect(take(watch, info(4, 'partial', dialog('3', 'early')))).toBe(false);
    expect(watch.dialogs).toHaveLength(2);
    expect(take(watch, info(9, 'full', ''))).toBe(true);
    expect(watch.line).toBe('idle');
  });

  it('keeps no more dialogs than it shows', () => {
    const watch = new DialogWatch();
    for (let version = 0; version < 10; version++)
      take(
        watch,
        info(
          version,
          version === 0 ? 'full' : 'partial',
          Array.from({ length: 20 }, (_, i) => dialog(`${version}-${i}`, 'early')).join(''),
        ),
      );

    expect(watch.dialogs).toHaveLength(64);
  });

  it('writes our own line without tags or peers', () => {
    const text = formatDialogInfo('sip:a@b', 3, [{ id: 'x"y', direction: 'initiator', state: 'confirmed' }]);

    expect(parseDialogInfo(text)).toMatchObject({
      version: 3,
      isFull: true,
      dialogs: [{ id: 'x"y', direction: 'initiator', state: 'confirmed', callId: undefined, remote: '' }],
    });
  });
});

describe('conference information — RFC 4575 §5', () => {
  const user = (address: string, state = 'full', name = '', status = 'connected') =>
    `<user entity="${address}" state="${state}">${name && `<display-text>${name}</display-text>`}` +
    `<endpoint entity="${address}"><status>${status}</status></endpoint></user>`;
  const info = (version: number, state: string, users: string, rest = '') =>
    parseConferenceInfo(
      `<conference-info entity="sip:c@d" state="${state}" version="${version}">${rest}<users>${users}</users></conference-info>`,
    );
  const take = (roster: ConferenceRoster, read: ReturnType<typeof info>) => read !== undefined && roster.take(read);

  it('keeps who is there over full, partial and deleted elements — RFC 4575 §4.4', () => {
    const roster = new ConferenceRoster();
    const subject = '<conference-description><subject>Weekly</subject></conference-description>';

    take(roster, info(1, 'full', user('sip:a@x', 'full', 'Ann') + user('sip:b@x'), subject));
    take(roster, info(2, 'partial', user('sip:a@x', 'partial', '', 'on-hold') + user('sip:b@x', 'deleted')));
    take(roster, info(3, 'partial', user('sip:c@x')));

    expect(roster.subject).toBe('Weekly');
    expect(roster.participants).toEqual([
      { address: 'sip:a@x', displayName: 'Ann', status: 'on-hold' },
      { address: 'sip:c@x', displayName: '', status: 'connected' },
    ]);
  });

  it('asks for the whole when a change was missed, and ends with the conference', () => {
    const roster = new ConferenceRoster();
    take(roster, info(1, 'full', user('sip:a@x')));

    expect(take(roster, info(3, 'partial', user('sip:b@x')))).toBe(false);
    expect(roster.participants).toHaveLength(1);
    expect(take(roster, info(4, 'deleted', ''))).toBe(true);
    expect(roster).toMatchObject({ isOver: true, participants: [] });
  });
});

describe('Message/CPIM — RFC 3862 §2', () => {
  it('is read with its headers, and their name space left out — RFC 3862 §2.3', () => {
    const text =
      'From: <im:a@b>\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: 34jk\r\nimdn.Disposition-Notification: positive-delivery\r\n' +
      '\r\nContent-Type: text/plain\r\n\r\nHello\r\n\r\nworld';

    const parsed = parseCpim(text);

    expect(parsed).toMatchObject({ contentType: 'text/plain', text: 'Hello\n\nworld' });
    expect(parsed?.headers.get('Message-ID')).toBe('34jk');
  });

  it('is written so that it is read again, one line a header', () => {
    const parsed = parseCpim(formatCpim([['From', '<im:a@b>\r\nEvil: yes']], 'text/plain', 'Hi'));

    expect([...(parsed?.headers.keys() ?? [])]).toEqual(['From']);
    expect(parsed?.text).toBe('Hi');
  });

  it.each(['', 'Hello', 'From: a\r\n\r\nHello', 'nothing\r\n\r\nContent-Type: a/b\r\n\r\nx'])('refuses %j', (text) => {
    expect(parseCpim(text)).toBeUndefined();
  });
});

describe('is writing — RFC 3994 §3', () => {
  it('says yes, and for how long — RFC 3994 §3.2', () => {
    expect(parseIsComposing(formatIsComposing(true))).toEqual({ isComposing: true, refreshSec: 60 });
    expect(parseIsComposing(formatIsComposing(false))).toEqual({ isComposing: false, refreshSec: 120 });
    expect(parseIsComposing('<isComposing><state>active</state><refresh>1e9</refresh></isComposing>')).toEqual({
      isComposing: true,
      refreshSec: 120,
    });
    expect(parseIsComposing('<other/>')).toBeUndefined();
  });
});

describe('a disposition report — RFC 5438 §7, §7.2', () => {
  it.each(['delivered', 'displayed'] as const)('says %s', (disposition) => {
    const text = formatImdn({ messageId: 'a<b', disposition }, '2026-01-01T00:00:00Z');

    expect(parseImdn(text)).toEqual({ messageId: 'a<b', disposition });
  });

  it('is nothing without an id or a known status', () => {
    expect(parseImdn('<imdn/>')).toBeUndefined();
    expect(parseImdn('<imdn><message-id>1</message-id></imdn>')).toBeUndefined();
  });
});
