import { describe, expect, it } from 'vitest';
import { hiddenIdentity, hidingHeaders } from '../../../src-main/features/call/identity/hidden-identity.ts';
import { forwardedFromOf } from '../../../src-main/features/call/identity/forwarding.ts';
import { assertedParty, remotePartyOf } from '../../../src-main/features/call/identity/remote-party.ts';
import { buildResponse } from '../../../src-main/sip/syntax/index.ts';
import { addressOf, requestOf, sipUriOf } from '../../support/message-builders.ts';

type Headers = readonly (readonly [string, string])[];

const caller = (headers: Headers, isTrusted = true) => remotePartyOf(requestOf({ headers }), isTrusted);

describe('the caller — RFC 3261 §20.20, RFC 3325 §5, §9.1', () => {
  it('is who the own server asserts, and only when it is that server', () => {
    const headers = [['P-Asserted-Identity', '"Carol" <sip:carol@example.com;user=phone>']] as const;

    expect(caller(headers)).toEqual({ displayName: 'Carol', address: 'sip:carol@example.com', isAsserted: true });
    expect(caller(headers, false)).toEqual({
      displayName: 'Alice',
      address: 'sip:alice@atlanta.example.com',
      isAsserted: false,
    });
  });

  it('is read from a tel URI, and the SIP URI is preferred of two', () => {
    expect(caller([['P-Asserted-Identity', '<tel:+1-201-555-0123;ext=5>']]).address).toBe('tel:+1-201-555-0123');
    expect(caller([['P-Asserted-Identity', '<tel:+12015550123>, <sip:carol@example.com>']]).address).toBe(
      'sip:carol@example.com',
    );
  });

  it('takes the name from From where the assertion has none and means the same address', () => {
    expect(caller([['P-Asserted-Identity', '<sip:alice@atlanta.example.com>']]).displayName).toBe('Alice');
    expect(caller([['P-Asserted-Identity', '<sip:carol@example.com>']]).displayName).toBe('');
  });

  it('is read from Remote-Party-ID of servers that speak it, by party and privacy', () => {
    const rpid = (value: string) => caller([['Remote-Party-ID', value]]);

    expect(rpid('"Carol" <sip:carol@example.com>;party=calling;screen=yes')).toMatchObject({
      address: 'sip:carol@example.com',
      isAsserted: true,
    });
    expect(rpid('<sip:carol@example.com>;party=called').address).toBe('sip:alice@atlanta.example.com');
    expect(rpid('<sip:carol@example.com>;privacy=full')).toMatchObject({ isAnonymous: true });
  });

  it('stays hidden when it wants to — RFC 3323 §4.1.1.3, RFC 3325 §7', () => {
    const headers = [
      ['P-Asserted-Identity', '<sip:carol@example.com>'],
      ['Privacy', 'user; id; critical'],
    ] as const;
    expect(caller(headers)).toMatchObject({ isAnonymous: true, address: 'sip:anonymous@anonymous.invalid' });

    const request = requestOf();
    request.headers.set('From', '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1');
    expect(remotePartyOf(request, false)).toMatchObject({ isAnonymous: true, displayName: '' });
  });

  it('carries the verdict on its number, which only the own server may tell — RFC 8224 §4', () => {
    const inUser = [
      ['P-Asserted-Identity', '<sip:+12155551212;verstat=TN-Validation-Passed@example.com;user=phone>'],
    ] as const;
    const inTel = [['P-Asserted-Identity', '<tel:+12155551212;verstat=TN-Validation-Failed>']] as const;

    expect(caller(inUser)).toMatchObject({ verification: 'passed', address: 'sip:+12155551212@example.com' });
    expect(caller(inTel)).toMatchObject({ verification: 'failed', address: 'tel:+12155551212' });
    const request = requestOf();
    request.headers.set('From', '<sip:+1215;verstat=No-TN-Validation@example.com>;tag=1');
    expect(remotePartyOf(request, true).verification).toBe('none');
    expect(remotePartyOf(request, false).verification).toBeUndefined();
  });

  it('is in a response who was reached', () => {
    const response = buildResponse(requestOf({ method: 'INVITE' }), 200, undefined, { toTag: 'x' });
    expect(assertedParty(response, true)).toBeUndefined();
    response.headers.set('P-Asserted-Identity', '"Dave" <sip:dave@example.com>');

    expect(assertedParty(response, true)).toMatchObject({ displayName: 'Dave', isAsserted: true });
    expect(assertedParty(response, false)).toBeUndefined();
  });
});

describe('forwarding — RFC 5806 §4, RFC 7044 §5, §10.2, RFC 4458 §2', () => {
  const forwarded = (headers: Headers) => forwardedFromOf(requestOf({ method: 'INVITE', headers }));

  it('is read from the newest Diversion', () => {
    expect(
      forwarded([['Diversion', '"Bob" <sip:bob@example.com>;reason=user-busy, <tel:+1>;reason=no-answer']]),
    ).toEqual({
      displayName: 'Bob',
      address: 'sip:bob@example.com',
      reason: 'busy',
    });
    expect(forwarded([['Diversion', '<sip:bob@example.com>;reason="odd"']])?.reason).toBeUndefined();
    expect(forwarded([])).toBeUndefined();
  });

  it('is read from History-Info, by mp or by the cause in the next entry', () => {
    const byCause = '<sip:bob@example.com>;index=1, <sip:carol@example.com;cause=408>;index=1.1';
    const byMapping =
      '<sip:bob@example.com>;index=1, <sip:x@example.com>;index=1.1;rc=1, <sip:carol@example.com>;index=1.2;mp=1';

    expect(forwarded([['History-Info', byCause]])).toMatchObject({
      address: 'sip:bob@example.com',
      reason: 'noAnswer',
    });
    expect(forwarded([['History-Info', byMapping]])?.address).toBe('sip:bob@example.com');
    expect(forwarded([['History-Info', '<sip:bob@example.com>;index=1']])).toBeUndefined();
  });

  it('is not read on without end', () => {
    const entries = Array.from({ length: 50 }, (_, index) => `<sip:u${index}@e.com;cause=302>;index=1.${index}`);

    expect(forwarded([['History-Info', entries.join(', ')]])?.address).toBe('sip:u18@e.com');
  });
});

describe('a caller who hides — RFC 3323 §4.1, RFC 3325 §7, §9.2', () => {
  const identity = {
    address: sipUriOf('sip:alice@example.com'),
    displayName: 'Alice',
    contactUser: 'alice',
    outboundProxies: [],
  };

  it('leaves name, Contact user and GRUU out', () => {
    const gruu = sipUriOf('sip:alice@example.com;gr=1');
    const temporary = sipUriOf('sip:tgruu.1@example.com;gr');

    expect(hiddenIdentity({ ...identity, gruu }, undefined)).toEqual({
      address: identity.address,
      contactUser: 'anonymous',
      outboundProxies: [],
      isAnonymous: true,
    });
    expect(hiddenIdentity({ ...identity, gruu }, temporary).gruu).toBe(temporary);
  });

  it('says who calls to its own server only', () => {
    expect(hidingHeaders(identity)).toEqual([['Privacy', 'id']]);
    const registered = { ...identity, routeSets: [[addressOf('sip:proxy.example.com;lr')]] };
    expect(hidingHeaders(registered)).toContainEqual(['P-Preferred-Identity', '"Alice" <sip:alice@example.com>']);
  });
});
