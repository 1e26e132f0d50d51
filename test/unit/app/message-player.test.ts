import { beforeEach, describe, expect, it } from 'vitest';
import { MessagePlayer } from '../../../src-main/app/message-player.ts';
import { silentLogger } from '../../../src-main/base/logger.ts';
import { err, ok, type Result } from '../../../src-main/base/result.ts';
import { TypedEmitter } from '../../../src-main/base/typed-emitter.ts';
import type { MessageStore } from '../../../src-main/features/away/index.ts';
import type { MediaEngine, MediaEvents, MediaFailure } from '../../../src-main/media/index.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';

type Played = Result<void, MediaFailure>;

/** A disk that takes as long as the test wants. */
class SlowMedia {
  readonly events = new TypedEmitter<MediaEvents>(silentLogger);
  end: (played: Played) => void = () => {};

  playFile(): Promise<Played> {
    return new Promise((resolve) => (this.end = resolve));
  }

  stopFile(): Promise<Played> {
    this.end(ok(undefined));
    return Promise.resolve(ok(undefined));
  }
}

let heard: string[];
let media: SlowMedia;
let runtime: FakeRuntime;
let player: MessagePlayer;

const play = (messageId: string) => player.play({ messageId, fromMs: 0, speed: 1, skipsSilence: false });

beforeEach(() => {
  heard = [];
  media = new SlowMedia();
  runtime = new FakeRuntime();
  const messages = {
    get: (messageId: string) => ({ messageId, isHeard: false, wantsCallBack: false }),
    pathOf: ({ messageId }: { messageId: string }) => `/messages/${messageId}.wav`,
    markHeard: (messageId: string) => heard.push(messageId),
  };
  player = new MessagePlayer({
    media: media as unknown as MediaEngine,
    messages: messages as unknown as MessageStore,
    runtime,
    onChanged: () => {},
  });
});

describe('a message on the loudspeaker', () => {
  it('counts as heard when its first sound is, however long the disk takes', async () => {
    const playing = play('one');
    await runtime.advance(5000);
    expect(heard).toEqual([]);

    media.events.emit('fileStarted', { file: '/messages/one.wav' });

    expect(await playing).toEqual(ok(undefined));
    expect(heard).toEqual(['one']);
    expect(player.playing).toMatchObject({ messageId: 'one' });
  });

  it('does not count as heard when it cannot be read, however late that is known', async () => {
    const playing = play('one');
    await runtime.advance(5000);

    media.end(err({ kind: 'locked', message: 'its key is not here' }));

    expect(await playing).toEqual(err('its key is not here'));
    expect(heard).toEqual([]);
    expect(player.playing).toBeNull();
  });

  it('does not count as heard because another one is', async () => {
    const first = play('one');
    await runtime.advance(10);
    const second = play('two');
    await runtime.advance(10);
    media.events.emit('fileStarted', { file: '/messages/two.wav' });

    expect(await second).toEqual(ok(undefined));
    expect(await first).toEqual(ok(undefined));
    expect(heard).toEqual(['two']);
  });
});
