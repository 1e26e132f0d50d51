import fc from 'fast-check';
import { describe, it } from 'vitest';
import {
  ConferenceRoster,
  DialogWatch,
  parseConferenceInfo,
  parseCpim,
  parseDialogInfo,
  parseImdn,
  parseIsComposing,
  parseMessageSummary,
  parsePidf,
  readSipfrag,
} from '../../src-main/sip/usage/index.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const PIDF =
  '<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:a@b"><tuple id="1"><status><basic>open</basic></status>' +
  '<note xml:lang="en">a &lt; b &#233;</note></tuple><!-- x --><dm:person><rpid:activities><rpid:away/></rpid:activities></dm:person></presence>';
const DIALOG =
  '<dialog-info version="0" state="full" entity="sip:a@b"><dialog id="1" call-id="c" local-tag="l" remote-tag="r" direction="recipient">' +
  '<state>early</state><remote><identity display="B">sip:b@c</identity></remote></dialog></dialog-info>';
const CONFERENCE =
  '<conference-info entity="sip:c@d" state="full" version="1"><conference-description><subject>x</subject></conference-description>' +
  '<users><user entity="sip:a@x" state="full"><display-text>A</display-text><endpoint entity="e"><status>connected</status></endpoint></user></users></conference-info>';
const IMDN =
  '<imdn><message-id>1</message-id><datetime>2026-01-01T00:00:00Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>';
const SUMMARY = 'Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 2/8 (0/2)\r\n';
const CPIM = 'From: <im:a@b>\r\nimdn.Message-ID: 1\r\n\r\nContent-Type: text/plain\r\n\r\nHello';
const COMPOSING = '<isComposing><state>active</state><refresh>90</refresh></isComposing>';

const TARGETS: readonly (readonly [name: string, corpus: string, parse: (text: string) => unknown])[] = [
  ['presence — RFC 3863', PIDF, parsePidf],
  ['dialog information — RFC 4235', DIALOG, parseDialogInfo],
  ['conference information — RFC 4575', CONFERENCE, parseConferenceInfo],
  ['disposition reports — RFC 5438', IMDN, parseImdn],
  ['is writing — RFC 3994', COMPOSING, parseIsComposing],
  ['message summaries — RFC 3842', SUMMARY, parseMessageSummary],
  ['Message/CPIM — RFC 3862', CPIM, parseCpim],
  ['status fragments — RFC 3420', 'SIP/2.0 180 Ringing\r\nContact: <sip:a@b>', readSipfrag],
];

describe('fuzz: bodies of events and messages', () => {
  for (const [name, corpus, parse] of TARGETS) {
    it(`reads or refuses ${name}`, () => {
      fc.assert(
        fc.property(mutated([corpus]), (text) => void timed(() => parse(text))),
        { numRuns: runs(1500), seed: 20_260_301 },
      );
    });
  }

  itHasGotOver('event-bodies', (text) => {
    for (const [, , parse] of TARGETS) timed(() => parse(text));
  });

  it('reads the worst of its size in time: nesting, attributes, entities, comments', () => {
    const worst = [
      '<a>',
      '<a ',
      '<a b="',
      '&#1;',
      '<!--',
      '<!-- -->',
      '<a/>',
      '</a>',
      '<a b="c" b="c">',
      '&amp;',
      '"',
      '<',
    ];
    for (const piece of worst) {
      const text = `<presence>${piece.repeat(Math.floor(60_000 / piece.length))}</presence>`;
      timed(() => parsePidf(text), 200);
    }
  });

  it('keeps what documents add up to within its limits', () => {
    const watch = new DialogWatch();
    const roster = new ConferenceRoster();
    fc.assert(
      fc.property(mutated([DIALOG, CONFERENCE]), fc.nat(1000), (text, n) => {
        const dialogs = parseDialogInfo(
          text.replace('id="1"', `id="${n}"`).replace('full', 'partial').replace('version="0"', `version="${n}"`),
        );
        const conference = parseConferenceInfo(text.replace('sip:a@x', `sip:${n}@x`));
        if (dialogs) timed(() => watch.take(dialogs));
        if (conference) timed(() => roster.take(conference));
        if (watch.dialogs.length > 64 || roster.participants.length > 200) throw new Error('grew');
      }),
      { numRuns: runs(1500), seed: 20_260_302 },
    );
  });
});
