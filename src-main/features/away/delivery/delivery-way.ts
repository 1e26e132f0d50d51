// A way by which a message leaves the machine, and what it is given. Each way is a function that throws when it failed.
export interface DeliveredMessage {
  readonly id: string;
  readonly from: { readonly displayName: string; readonly address: string };
  readonly receivedAtMs: number;
  readonly durationSec: number;
  /** A caller who left no sound. */
  readonly wantsCallBack: boolean;
  /** Where its sound is. */
  readonly file: string;
  /** What was said, where it was written down. */
  readonly transcript?: string;
  /** Its sound in the clear, where the file is encrypted. */
  readonly sound?: Buffer<ArrayBuffer> | undefined;
}

export interface MailSettings {
  readonly host: string;
  readonly port: number;
  /** `tls` from the first byte, `startTls` before anything is said, `none` for a server on this machine. */
  readonly security: 'tls' | 'startTls' | 'none';
  readonly username: string;
  readonly from: string;
  readonly to: string;
  readonly attachesSound: boolean;
}

export interface DeliverySettings {
  readonly mail: MailSettings | null;
  readonly webhook: { readonly url: string } | null;
  /** Every message is copied there under a name that says who and when. */
  readonly folder: string | null;
}

export const DELIVERY_WAYS = ['mail', 'webhook', 'folder'] as const;
export type DeliveryWay = (typeof DELIVERY_WAYS)[number];
