// The words of the command line, turned into data.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { err, ok, type Result } from '../base/result.ts';
import packageJson from '../../package.json' with { type: 'json' };

export const USAGE = `usage: nightjar [start] [--host electron|web] [--data DIR]
       nightjar daemon [--data DIR] [--config FILE] [--control PATH] [--audio SPEC] [--json]
       nightjar call TARGET [--config FILE] [--data DIR] [--account ID] [--audio SPEC] [--play WAV] [--record WAV]
                     [--seconds N] [--dtmf DIGITS] [--json]
       nightjar ctl [--control PATH] [--data DIR] COMMAND [JSON]
       nightjar ctl [--control PATH] [--data DIR] --follow
       nightjar messages [list | export ID FILE | delete ID] [--data DIR] [--json]
       nightjar history [--search WORDS] [--limit N] [--data DIR] [--json]
       nightjar doctor [--data DIR] [--json]
SPEC: portaudio | portaudio:IN,OUT | null | file:IN.wav,OUT.wav`;

interface Common {
  readonly data?: string | undefined;
  readonly isJson: boolean;
}

export interface DaemonOptions extends Common {
  readonly name: 'daemon';
  readonly config?: string | undefined;
  readonly control?: string | undefined;
  readonly audio?: string | undefined;
  readonly isVerbose: boolean;
}

export interface CallOptions extends Common {
  readonly name: 'call';
  readonly target: string;
  readonly config?: string | undefined;
  readonly account?: string | undefined;
  readonly audio?: string | undefined;
  readonly play?: string | undefined;
  readonly record?: string | undefined;
  readonly seconds?: number | undefined;
  readonly dtmf?: string | undefined;
}

export interface CtlOptions extends Common {
  readonly name: 'ctl';
  readonly control?: string | undefined;
  readonly isFollowing: boolean;
  readonly command: string;
  readonly params: unknown;
}

export interface MessagesOptions extends Common {
  readonly name: 'messages';
  readonly action: 'list' | 'export' | 'delete';
  readonly id: string;
  readonly file: string;
}

export interface HistoryOptions extends Common {
  readonly name: 'history';
  readonly limit: number;
  readonly search: string | undefined;
}

export interface DoctorOptions extends Common {
  readonly name: 'doctor';
}

export type CommandLine =
  | DaemonOptions
  | CallOptions
  | CtlOptions
  | MessagesOptions
  | HistoryOptions
  | DoctorOptions
  | { readonly name: 'help' }
  | { readonly name: 'version'; readonly version: string };

type Options = NonNullable<ParseArgsConfig['options']>;
const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;

const OPTIONS: Readonly<Record<string, Options>> = {
  daemon: { data: text, config: text, control: text, audio: text, json: flag, verbose: flag },
  call: {
    data: text,
    config: text,
    account: text,
    audio: text,
    play: text,
    record: text,
    seconds: text,
    dtmf: text,
    json: flag,
  },
  ctl: { data: text, control: text, follow: flag, json: flag },
  messages: { data: text, json: flag },
  history: { data: text, search: text, limit: text, json: flag },
  doctor: { data: text, json: flag },
};

type Values = Readonly<Record<string, string | boolean | undefined>>;
type Parsed = Result<CommandLine, string>;

const textOf = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};
const commonOf = (values: Values): Common => ({ data: textOf(values, 'data'), isJson: values['json'] === true });

/** The failure is one sentence about what is wrong. */
export function parseCommandLine(args: readonly string[]): Parsed {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return ok({ name: 'help' });
  if (name === '--version') return ok({ name: 'version', version: packageJson.version });
  if (rest.includes('--help') || rest.includes('-h')) return ok({ name: 'help' });
  const options = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
  if (!options) return err(`there is no command "${name}"`);
  try {
    const { values, positionals } = parseArgs({ args: rest, options, allowPositionals: true, strict: true });
    return PARSERS[name as keyof typeof PARSERS](values as Values, positionals);
  } catch (error) {
    return err((error as Error).message);
  }
}

const PARSERS = {
  daemon: (values: Values, words: readonly string[]): Parsed => {
    if (words.length > 0) return err(`daemon takes no "${words.join(' ')}"`);
    return ok({
      name: 'daemon',
      ...commonOf(values),
      config: textOf(values, 'config'),
      control: textOf(values, 'control'),
      audio: textOf(values, 'audio'),
      isVerbose: values['verbose'] === true,
    });
  },
  call: (values: Values, words: readonly string[]): Parsed => {
    const [target] = words;
    if (target === undefined || words.length > 1) return err('call takes one TARGET');
    const secondsText = textOf(values, 'seconds');
    const seconds = secondsText === undefined ? undefined : Number(secondsText);
    if (seconds !== undefined && !(seconds > 0))
      return err(`--seconds takes a number above 0, not "${secondsText ?? ''}"`);
    const [config, account, audio, play, record, dtmf] = ['config', 'account', 'audio', 'play', 'record', 'dtmf'].map(
      (key) => textOf(values, key),
    );
    return ok({ name: 'call', ...commonOf(values), target, seconds, config, account, audio, play, record, dtmf });
  },
  ctl: (values: Values, words: readonly string[]): Parsed => {
    const isFollowing = values['follow'] === true;
    const [command = '', json] = words;
    if (isFollowing ? words.length > 0 : command === '' || words.length > 2)
      return err('ctl takes COMMAND [JSON], or --follow');
    let params: unknown;
    if (json !== undefined) {
      try {
        params = JSON.parse(json);
      } catch {
        return err(`not JSON: ${json}`);
      }
    }
    return ok({ name: 'ctl', ...commonOf(values), control: textOf(values, 'control'), isFollowing, command, params });
  },
  messages: (values: Values, words: readonly string[]): Parsed => {
    const [action = 'list', id = '', file = ''] = words;
    const expected = { list: 1, export: 3, delete: 2 }[action];
    if (expected === undefined || (action === 'list' ? words.length > 1 : words.length !== expected)) {
      return err('messages takes list, export ID FILE, or delete ID');
    }
    return ok({ name: 'messages', ...commonOf(values), action: action as MessagesOptions['action'], id, file });
  },
  history: (values: Values, words: readonly string[]): Parsed => {
    if (words.length > 0) return err(`history takes no "${words.join(' ')}"`);
    const limitText = textOf(values, 'limit') ?? '100';
    const limit = Number(limitText);
    if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
      return err(`--limit takes a whole number from 1 to 1000, not "${limitText}"`);
    return ok({ name: 'history', ...commonOf(values), limit, search: textOf(values, 'search') });
  },
  doctor: (values: Values, words: readonly string[]): Parsed =>
    words.length > 0 ? err(`doctor takes no "${words.join(' ')}"`) : ok({ name: 'doctor', ...commonOf(values) }),
};
