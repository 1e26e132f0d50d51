import { describe, expect, it } from 'vitest';
import { lineSink, Logger } from '../../../src-main/base/logger.ts';
import { err, ok, unreachable } from '../../../src-main/base/result.ts';
import { serialDifference16, serialDifference32 } from '../../../src-main/base/serial-number.ts';
import { formatSocketAddress } from '../../../src-main/base/socket-address.ts';
import { TypedEmitter } from '../../../src-main/base/typed-emitter.ts';

describe('results', () => {
  it('are values or failures', () => {
    expect(ok(1)).toEqual({ ok: true, value: 1 });
    expect(err('no')).toEqual({ ok: false, error: 'no' });
    expect(() => unreachable('x' as never)).toThrow('unreachable');
  });
});

describe('serial numbers — RFC 1982', () => {
  it('compare over the wrap', () => {
    expect(serialDifference16(1, 65_535)).toBe(2);
    expect(serialDifference16(65_535, 1)).toBe(-2);
    expect(serialDifference32(0, 0xffff_ffff)).toBe(1);
  });
});

describe('socket addresses', () => {
  it('put IPv6 into brackets', () => {
    expect(formatSocketAddress({ address: '2001:db8::1', port: 5060 })).toBe('[2001:db8::1]:5060');
    expect(formatSocketAddress({ address: '10.0.0.1', port: 5060 })).toBe('10.0.0.1:5060');
  });
});

describe('the logger', () => {
  it('writes scope, message and fields, and leaves out what is below its level', () => {
    const lines: string[] = [];
    const logger = new Logger(lineSink((line) => lines.push(line), 'info')).child('sip').child('udp');
    logger.debug('not this');
    logger.warn('lost', { count: 2, error: new Error('why') });

    expect(lines).toEqual(['warn  sip/udp: lost count=2 error="why"\n']);
  });
});

describe('the emitter', () => {
  it('is not broken by a listener that throws, and says so', () => {
    const messages: string[] = [];
    const emitter = new TypedEmitter<{ rung: number }>(new Logger(({ message }) => messages.push(message)));
    const heard: number[] = [];
    emitter.on('rung', () => {
      throw new Error('broken');
    });
    emitter.on('rung', (count) => heard.push(count));
    const stop = emitter.once('rung', (count) => heard.push(count * 10));

    emitter.emit('rung', 1);
    stop();
    emitter.emit('rung', 2);

    expect(heard).toEqual([1, 10, 2]);
    expect(messages).toEqual(['a listener threw', 'a listener threw']);
  });
});
