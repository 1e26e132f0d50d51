// Puts together how long messages are kept: the settings, and what the user was told of.
import * as v from 'valibot';
import { checkWith, retentionSettingsSchema } from '../../src-shared/contract/index.ts';
import { RetentionWatch, type MessageStore, type RetentionSettings } from '../features/away/index.ts';
import type { Notices } from './notices.ts';
import type { PhonePorts } from './phone-ports.ts';
import type { ViewPublisher } from './view-publisher.ts';

const SETTINGS = 'retention';
const WARNED = 'retentionWarned';
const warnedSchema = v.record(v.string(), v.number());

export interface RetentionPieces {
  readonly ports: PhonePorts;
  readonly publisher: ViewPublisher;
  readonly messages: MessageStore;
  readonly notices: Notices;
}

export interface RetentionDesk {
  readonly watch: RetentionWatch;
  /** Sets and keeps. */
  readonly change: (settings: RetentionSettings) => void;
}

export function composeRetention({ ports, publisher, messages, notices }: RetentionPieces): RetentionDesk {
  const { runtime, settings, config } = ports;
  const saved = settings.read(SETTINGS);
  const checked = checkWith(retentionSettingsSchema, saved);
  const watch = new RetentionWatch({
    ...{ messages, runtime },
    settings: saved !== undefined && checked.ok ? checked.value : config.retention,
    readWarned: () => {
      const warned = checkWith(warnedSchema, settings.read(WARNED) ?? {});
      return warned.ok ? warned.value : {};
    },
    keepWarned: (warnedAtMs) => settings.write(WARNED, warnedAtMs),
    tell: (text) => notices.add(text),
  });
  const change = (changed: RetentionSettings): void => {
    settings.write(SETTINGS, changed);
    watch.set(changed);
    publisher.touch('retention');
  };
  return { watch, change };
}
