// A SIP message as it stands on the wire, read with as little cleverness as possible and nothing of the phone's own parser.

const LONG_NAMES: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
  c: 'content-type',
  k: 'supported',
  s: 'subject',
  e: 'content-encoding',
  o: 'event',
  r: 'refer-to',
};

export class WireMessage {
  readonly text: string;
  /** When it came, by the monotonic clock. */
  readonly atMs: number;
  readonly startLine: string;
  readonly body: string;
  readonly #headers: readonly (readonly [name: string, value: string])[];

  constructor(text: string, atMs: number) {
    const end = text.indexOf('\r\n\r\n');
    const [startLine = '', ...lines] = text
      .slice(0, end)
      .replace(/\r\n[ \t]+/g, ' ')
      .split('\r\n');
    this.text = text;
    this.atMs = atMs;
    this.startLine = startLine;
    this.body = text.slice(end + 4);
    this.#headers = lines.map((line) => {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).trim().toLowerCase();
      return [LONG_NAMES[name] ?? name, line.slice(colon + 1).trim()];
    });
  }

  get isRequest(): boolean {
    return !this.startLine.startsWith('SIP/2.0 ');
  }

  /** Of a response; 0 for a request. */
  get status(): number {
    return this.isRequest ? 0 : Number(this.startLine.split(' ')[1]);
  }

  get reasonPhrase(): string {
    return this.startLine.split(' ').slice(2).join(' ');
  }

  /** Of the request, or of what is responded to. */
  get method(): string {
    return this.header('CSeq').split(/\s+/)[1] ?? '';
  }

  get sequence(): number {
    return Number(this.header('CSeq').split(/\s+/)[0]);
  }

  get requestUri(): string {
    return this.startLine.split(' ')[1] ?? '';
  }

  /** All fields of this name, each a value. */
  headers(name: string): string[] {
    return this.#headers.filter(([own]) => own === name.toLowerCase()).map(([, value]) => value);
  }

  /** The first field of this name, or nothing. */
  header(name: string): string {
    return this.headers(name)[0] ?? '';
  }

  has(name: string): boolean {
    return this.headers(name).length > 0;
  }

  /** The options or methods of a header that lists them. */
  list(name: string): string[] {
    return this.headers(name)
      .flatMap((value) => value.split(','))
      .map((item) => item.trim());
  }

  /** A parameter of a header field, outside its angle brackets. */
  parameter(name: string, parameter: string): string | undefined {
    const value = this.header(name).replace(/<[^>]*>/, '');
    return new RegExp(`[;,\\s]${parameter}\\s*=\\s*"?([^";,]+)"?`, 'i').exec(` ${value}`)?.[1]?.trim();
  }

  /** The URI of a header field that holds an address. */
  uri(name: string): string {
    const value = this.header(name);
    return /<([^>]*)>/.exec(value)?.[1] ?? value.split(';')[0] ?? '';
  }

  get tag(): string | undefined {
    return this.parameter('To', 'tag');
  }

  get branch(): string {
    return this.parameter('Via', 'branch') ?? '';
  }

  /** What repetitions of the message have in common. */
  get identity(): string {
    return [this.startLine, this.branch, this.header('CSeq'), this.tag ?? '', this.header('RSeq')].join('\n');
  }
}
