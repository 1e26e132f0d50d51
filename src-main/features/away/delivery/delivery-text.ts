// What is said of a message where it is delivered: who, when, how long.
import type { DeliveredMessage } from './delivery-way.ts';

export const callerOf = ({ from }: DeliveredMessage): string =>
  from.displayName || from.address.replace(/^sips?:/, '') || 'somebody unknown';

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-28 14.05.09`, by the machine's clock: sorts by itself, and no file system minds it. */
export function momentOf({ receivedAtMs }: DeliveredMessage): string {
  const at = new Date(receivedAtMs);
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.')}`;
}

export const subjectOf = (message: DeliveredMessage): string =>
  message.wantsCallBack ? `${callerOf(message)} wants to be called back` : `Voice message from ${callerOf(message)}`;

export function textOf(message: DeliveredMessage): string {
  const at = new Date(message.receivedAtMs).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'short' });
  const { from, transcript = '' } = message;
  const { address } = from;
  return [
    message.wantsCallBack
      ? `${callerOf(message)} called and wants to be called back.`
      : `${callerOf(message)} left a message of ${Math.ceil(message.durationSec)} seconds.`,
    '',
    `When: ${at}`,
    ...(address === '' ? [] : [`Address: ${address}`]),
    ...(transcript === '' ? [] : ['', 'In words, as this computer understood them:', transcript]),
    '',
  ].join('\n');
}

/** Names of callers come from the network: what a file's name cannot hold is left out. */
export function fileNameOf(message: DeliveredMessage): string {
  const caller = callerOf(message)
    .replace(/[^\p{L}\p{N} @+._-]/gu, '')
    .replace(/^\.+/, '')
    .slice(0, 60)
    .trim();
  return `${momentOf(message)} ${caller || 'unknown'}`;
}
