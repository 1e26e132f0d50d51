import { describe, expect, it } from 'vitest';
import { bodyOf, mediaType, putBody, textBody } from '../../../../src-main/sip/core/body.ts';
import { callerDialog, calleeDialog, withoutHeaders } from '../../../../src-main/sip/core/dialog.ts';
import { glareDelayMs } from '../../../../src-main/sip/core/glare.ts';
import { fromOf, outOfDialogRequest, RequestSeries } from '../../../../src-main/sip/core/out-of-dialog.ts';
import { buildResponse, formatUri, Header } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf, uriOf } from '../../../support/message-builders.ts';

const routes = ['<sip:p1.example.com;lr>', '<sip:p2.example.com;lr>'];
const inviteOf = () =>
  requestOf({
    method: 'INVITE',
    headers: [
      ['Contact', '<sip:alice@10.0.0.1>'],
      ['Record-Route', routes.join(', ')],
    ],
  });

describe('the callee’s dialog — RFC 3261 §12.1.1', () => {
  it('takes route set, target and numbers from the request', () => {
    const invite = inviteOf();

    const dialog = calleeDialog(invite, 'mine');

    expect(dialog.id).toEqual({ callId: invite.callId, localTag: 'mine', remoteTag: invite.from.tag });
    expect(dialog.routeSet.map(String)).toEqual(routes);
    expect(formatUri(dialog.remoteTarget)).toBe('sip:alice@10.0.0.1');
    const bye = dialog.buildRequest('BYE');
    expect(bye.cseq).toEqual({ sequence: 1, method: 'BYE' });
    expect(bye.from.tag).toBe('mine');
    expect(bye.to.tag).toBe(invite.from.tag);
    expect(bye.headers.values('Route')).toEqual(routes);
  });

  it('takes no Contact for a target that is none', () => {
    for (const contact of ['*', '<mailto:alice@example.com>', '']) {
      const dialog = calleeDialog(requestOf({ method: 'INVITE', headers: [['Contact', contact]] }), 'mine');

      expect(formatUri(dialog.remoteTarget)).toBe('sip:alice@atlanta.example.com');
    }
  });

  it('refuses numbers that are not higher than the last — RFC 3261 §12.2.2', () => {
    const dialog = calleeDialog(inviteOf(), 'mine');
    const withNumber = (sequence: number) => {
      const request = requestOf({ method: 'INFO' });
      request.headers.put(Header.CSeq, { sequence, method: 'INFO' });
      return request;
    };

    expect(dialog.takeRequest(withNumber(314_159))).toBe('outOfOrder');
    expect(dialog.takeRequest(withNumber(314_161))).toBe('inOrder');
    expect(dialog.takeRequest(withNumber(314_160))).toBe('outOfOrder');
  });
});

describe('the caller’s dialog — RFC 3261 §12, §12.1.2, §12.2', () => {
  it('has the route set in reverse, and sets it anew with the 2xx — RFC 3261 §13.2.2.4', () => {
    const invite = inviteOf();
    const response = (statusCode: number, headers: readonly (readonly [string, string])[]) =>
      buildResponse(invite, statusCode, undefined, { toTag: 'theirs', headers });
    const dialog = callerDialog(invite, response(180, [['Record-Route', routes.join(', ')]]));
    expect(dialog.routeSet.map(String)).toEqual([...routes].reverse());
    expect(formatUri(dialog.remoteTarget)).toBe(formatUri(invite.requestUri));

    dialog.confirm(response(200, [['Contact', '<sip:bob@10.0.0.2>']]));

    expect(dialog.routeSet).toEqual([]);
    expect(formatUri(dialog.nextHop)).toBe('sip:bob@10.0.0.2');
    expect(dialog.buildRequest('ACK', invite.cseq.sequence).cseq.sequence).toBe(invite.cseq.sequence);
    expect(dialog.buildRequest('BYE').cseq.sequence).toBe(invite.cseq.sequence + 1);
  });
});

describe('a request outside dialogs — RFC 3261 §8.1.1', () => {
  const account = {
    address: uriOf('sip:alice@example.com;transport=tcp'),
    displayName: 'Al',
    contactUser: 'al',
    outboundProxies: [],
  };

  it('has a From with name and tag, a To without, and identifiers of its own — RFC 3261 §8.1.1.3, §8.1.1.4, §19.3', () => {
    const runtime = new FakeRuntime();
    const series = new RequestSeries(runtime);
    const target = uriOf('sip:bob@example.com?subject=x');

    const request = outOfDialogRequest({ method: 'OPTIONS', target, account }, series, []);

    expect(request.from.displayName).toBe('Al');
    expect(request.from.tag).toBe(series.fromTag);
    expect(request.to.tag).toBeUndefined();
    expect(formatUri(request.requestUri)).toBe('sip:bob@example.com');
    expect(request.headers.get(Header.MaxForwards)).toBe(70);
    expect(new RequestSeries(runtime).callId).not.toBe(series.callId);
    expect(fromOf(account, 'x').tag).toBe('x');
  });

  it('leaves headers and method out of a Request-URI — RFC 3261 §19.1.1', () => {
    expect(formatUri(withoutHeaders(uriOf('sip:a@b;method=REGISTER;x=1?to=c')))).toBe('sip:a@b;x=1');
    expect(formatUri(withoutHeaders(uriOf('tel:+123')))).toBe('tel:+123');
  });
});

describe('a body — RFC 3261 §7.4, §20.15', () => {
  it('goes in and comes out with its type and disposition', () => {
    const message = requestOf();
    const body = { ...textBody('text/plain', 'hello'), disposition: 'render' };

    putBody(message, body);

    expect(bodyOf(message)).toEqual(body);
    expect(bodyOf(requestOf())).toBeUndefined();
    expect(mediaType('Application/SDP ; charset=utf-8')).toBe('application/sdp');
  });
});

describe('the wait after glare — RFC 3261 §14.1', () => {
  it('is 2.1 to 4 s for the owner of the Call-ID, 0 to 2 s for the other, in units of 10 ms', () => {
    const runtime = new FakeRuntime();
    const draw = (isOwner: boolean) => Array.from({ length: 500 }, () => glareDelayMs(isOwner, runtime));
    const [owner, other] = [draw(true), draw(false)];

    expect([Math.min(...owner) >= 2100, Math.max(...owner) <= 4000]).toEqual([true, true]);
    expect([Math.min(...other) >= 0, Math.max(...other) <= 2000]).toEqual([true, true]);
    expect([...owner, ...other].every((delayMs) => delayMs % 10 === 0)).toBe(true);
  });
});
