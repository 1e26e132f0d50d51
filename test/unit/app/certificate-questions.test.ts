import { beforeEach, describe, expect, it } from 'vitest';
import { CertificateQuestions } from '../../../src-main/app/certificate-questions.ts';
import type { CertificateRefusal } from '../../../src-main/sip/transport/index.ts';
import { MemorySettings } from '../../../src-main/storage/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { certificateOf } from '../../support/transport-pair.ts';

let settings: MemorySettings;
let registeredAgain: string[];
let questions: CertificateQuestions;

const open = (): CertificateQuestions =>
  new CertificateQuestions({
    runtime: new FakeRuntime(),
    settings,
    isVerifying: true,
    accountsAt: (host) => (host === 'pbx.example' ? ['alice', 'bob'] : []),
    onChanged: () => {},
    onTrusted: (ids) => registeredAgain.push(...ids),
  });
const refusal = (given: Partial<CertificateRefusal> = {}): CertificateRefusal => ({
  host: 'pbx.example',
  port: 5061,
  reason: 'unknownIssuer',
  certificate: certificateOf(),
  ...given,
});
const firstId = (): string => questions.list()[0]?.id ?? '';

beforeEach(() => {
  settings = new MemorySettings();
  registeredAgain = [];
  questions = open();
});

describe('trust on first use — RFC 3261 §26.3.1', () => {
  it('asks once about one certificate, however often it is refused', () => {
    questions.ask(refusal());
    questions.ask(refusal());

    expect(questions.list()).toMatchObject([
      { host: 'pbx.example:5061', accountId: 'alice', fingerprint: 'AA:BB:CC', reason: 'unknownIssuer' },
    ]);
  });

  it('pins what is trusted, over a restart, and lets the accounts try again', () => {
    questions.ask(refusal());
    const isTaken = questions.trust(firstId());

    expect(isTaken).toBe(true);
    expect(registeredAgain).toEqual(['alice', 'bob']);
    expect(questions.list()).toEqual([]);
    expect(open().pinnedFingerprint('PBX.example', 5061)).toBe('AA:BB:CC');
    expect(open().pinnedFingerprint('pbx.example', 5062)).toBeUndefined();
  });

  it('asks anew when the certificate changes, in the place of the old question', () => {
    questions.ask(refusal());
    questions.ask(refusal({ reason: 'changed', certificate: certificateOf({ fingerprint: '11:22' }) }));

    expect(questions.list().map(({ fingerprint }) => fingerprint)).toEqual(['11:22']);
  });

  it('is quiet after a no, until the user tries the account again', () => {
    questions.ask(refusal());
    questions.refuse(firstId());
    questions.ask(refusal());
    const quiet = questions.list();
    questions.forgetRefusals();
    questions.ask(refusal());

    expect(quiet).toEqual([]);
    expect(questions.list()).toHaveLength(1);
    expect(registeredAgain).toEqual([]);
  });

  it('knows no answer to a question that is over', () => {
    expect(questions.trust('nothing')).toBe(false);
    expect(questions.refuse('nothing')).toBe(false);
  });

  it('has at most eight questions', () => {
    for (let port = 1; port < 20; port++) questions.ask(refusal({ port }));

    expect(questions.list()).toHaveLength(8);
  });

  it('leaves out what does not fit in the settings', () => {
    settings.write('trustedCertificates', [null, 7, { host: 'a:1' }, { host: 'b:1', fingerprint: 'F' }]);

    expect(open().pinnedFingerprint('b', 1)).toBe('F');
    expect(open().pinnedFingerprint('a', 1)).toBeUndefined();
  });
});
