// Which audio line of an offer becomes our stream: one that is understood, encrypted rather than not. RFC 3264 §6, §8; RFC 4568 §7.1.2.
import { err, ok, type Result } from '../base/result.ts';
import type { SdpCodecName } from './codecs.ts';
import { type CommonCodec, commonCodecs } from './negotiated-stream.ts';
import type { MediaDescription, SessionDescription } from './session-description.ts';
import { type CryptoChoice, isKnownProfile, type StreamKeys } from './stream-keys.ts';

export interface ChosenAudio {
  readonly audio: MediaDescription;
  readonly audioIndex: number;
  readonly common: readonly CommonCodec[];
  readonly crypto: Exclude<CryptoChoice, { readonly kind: 'refused' }>;
}

export interface ChoiceFailure {
  readonly kind: 'noAudio' | 'noCommonCodec' | 'notSecure';
  readonly message: string;
}

/** `placedAt` is where the stream is already, within a session. */
export function chooseAudio(
  offer: SessionDescription,
  names: readonly SdpCodecName[],
  keys: StreamKeys,
  placedAt: number | undefined,
): Result<ChosenAudio, ChoiceFailure> {
  const usable = offer.media.flatMap((audio, audioIndex) =>
    audio.kind === 'audio' && audio.port !== 0 && isKnownProfile(audio.protocol)
      ? [{ audio, audioIndex, common: commonCodecs(audio, names), crypto: keys.answer(audio) }]
      : [],
  );
  const [first] = usable;
  if (!first) return err({ kind: 'noAudio', message: 'the offer has no audio stream that is understood' });
  const allowed = usable.flatMap(({ crypto, ...rest }) => (crypto.kind === 'refused' ? [] : [{ ...rest, crypto }]));
  if (allowed.length === 0 && first.crypto.kind === 'refused') {
    return err({ kind: 'notSecure', message: first.crypto.message });
  }
  const withCodec = allowed.filter(({ common }) => common.length > 0);
  const chosen =
    // RFC 3264 §8: within a session, the stream stays where it was.
    withCodec.find(({ audioIndex }) => audioIndex === placedAt) ??
    withCodec.find(({ crypto }) => crypto.kind === 'agreed') ??
    withCodec[0];
  return chosen ? ok(chosen) : err({ kind: 'noCommonCodec', message: 'the offer has no codec of ours' });
}
