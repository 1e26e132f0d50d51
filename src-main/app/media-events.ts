// What sound tells the rest of the phone: levels, quality and digits for the window, notices for the user.
import type { CallManager } from '../features/call/index.ts';
import type { MediaEngine } from '../media/index.ts';
import type { GreetingDesk } from './compose-greetings.ts';
import type { EventHub } from './event-hub.ts';
import type { Notices } from './notices.ts';
import { toQuality } from './view-model.ts';

export interface MediaEventParts {
  readonly media: MediaEngine;
  readonly calls: CallManager;
  readonly hub: EventHub;
  readonly notices: Notices;
  readonly greetings: GreetingDesk;
}

export function followMedia({ media, calls, hub, notices, greetings }: MediaEventParts): void {
  media.events.on('levels', ({ sessionId, sentDbov, receivedDbov }) => {
    const callId = calls.callOfMediaSession(sessionId);
    if (sessionId === greetings.recorder.sessionId) hub.emit({ event: 'greeting.levelSampled', dbov: receivedDbov });
    if (callId !== undefined) hub.emit({ event: 'media.levelsSampled', callId, sentDbov, receivedDbov });
  });
  media.events.on('statistics', ({ sessionId }) => {
    const callId = calls.callOfMediaSession(sessionId);
    const call = callId === undefined ? undefined : calls.get(callId);
    const quality = call && toQuality(call);
    if (callId !== undefined && quality) hub.emit({ event: 'call.qualitySampled', callId, quality });
  });
  media.events.on('microphone', ({ sessionId, event }) => {
    const callId = calls.callOfMediaSession(sessionId);
    if (callId !== undefined) hub.emit({ event: 'call.microphoneNoticed', callId, notice: event });
  });
  calls.events.on('digit', ({ callId, digit }) => hub.emit({ event: 'call.digitReceived', callId, digit }));
  let missed = '';
  media.events.on('audioChanged', ({ backend, missing = [] }) => {
    const now = missing.join(' and ');
    if (now !== '' && now !== missed) notices.add(`The sound device ${now} is gone; another one stands in for it.`);
    if (now === '' && missed !== '' && (backend === 'portaudio' || backend === 'webaudio'))
      notices.add(`The sound device ${missed} is back.`);
    missed = now;
  });
  media.events.on('restarted', () => notices.add('The sound system stopped and was started again.'));
}
