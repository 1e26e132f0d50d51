// XML from the network as a plain tree, with limits before it is parsed and no entities but the five of XML itself. RFC 3023 §10.
import { createRequire } from 'node:module';
import type { XMLParser } from 'fast-xml-parser';

export interface XmlElement {
  /** Without its name space's prefix. */
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, trimmed. */
  readonly text: string;
}

const MAX_CHARACTERS = 65_536;
const MAX_DEPTH = 24;
const MAX_TAGS = 4000;
const ATTRIBUTES = ':@';
const TEXT = '#text';

const OPTIONS = {
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  removeNSPrefix: true,
  // RFC 3023 §10: entities may be bombs; only the predefined ones are read, by `decode`
  processEntities: false,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  trimValues: true,
} as const;

interface Library {
  readonly XMLParser: typeof XMLParser;
}

/** WHY: loaded with the first document, for most phones never see one and the library is a tenth of an idle phone's memory. */
function createParser(): XMLParser {
  const library = createRequire(import.meta.url)('fast-xml-parser') as Library;
  return new library.XMLParser(OPTIONS);
}

/** The root element; undefined for what is not well-formed, too large, too deep, or has a document type or CDATA. */
export function parseXml(text: string): XmlElement | undefined {
  if (text.length > MAX_CHARACTERS || /<!(?!--)/.test(text)) return undefined;
  if (!isNested(text)) return undefined;
  try {
    const nodes: unknown = createParser().parse(text);
    return Array.isArray(nodes) ? toElements(nodes, 0)[0] : undefined;
  } catch {
    return undefined;
  }
}

/** The first child of that name. */
export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);

/** Every child of that name. */
export const childrenOf = (element: XmlElement | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The text of the first child of that name; empty when there is none. */
export const childText = (element: XmlElement | undefined, name: string): string => childOf(element, name)?.text ?? '';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Text made safe for an element or an attribute; control characters, which XML forbids, become spaces. */
export const escapeXml = (text: string): string =>
  text.replace(/\p{Cc}/gu, ' ').replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');

const TAG = /<(\/?)([^\s/>!?<]+)[^<>]*?(\/?)>/y;

/** Whether tags close in the order in which they opened, within the limits; without parsing. */
function isNested(text: string): boolean {
  const open: string[] = [];
  let tags = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    if (text[at + 1] === '?') continue;
    if (text[at + 1] === '!') {
      at = text.indexOf('-->', at);
      if (at < 0) return false;
      continue;
    }
    TAG.lastIndex = at;
    const [whole, slash, name = '', selfClosing] = TAG.exec(text) ?? [];
    if (whole === undefined || ++tags > MAX_TAGS) return false;
    if (slash === '/') {
      if (open.pop() !== name) return false;
    } else if (selfClosing !== '/' && open.push(name) > MAX_DEPTH) return false;
  }
  return tags > 0 && open.length === 0;
}

function toElements(nodes: readonly unknown[], depth: number): XmlElement[] {
  if (depth > MAX_DEPTH) return [];
  return nodes.flatMap((node) => {
    const element = toElement(node, depth);
    return element ? [element] : [];
  });
}

function toElement(node: unknown, depth: number): XmlElement | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const entries = Object.entries(node);
  const [name, content] = entries.find(([key]) => key !== ATTRIBUTES && key !== TEXT) ?? [];
  if (name === undefined || !Array.isArray(content)) return undefined;
  const attributes: unknown = entries.find(([key]) => key === ATTRIBUTES)?.[1];
  const text = content.map((part: unknown) => textOf(part)).join('');
  return {
    name,
    attributes: toAttributes(attributes),
    children: toElements(content, depth + 1),
    text: decode(text).trim(),
  };
}

function textOf(part: unknown): string {
  const text: unknown =
    typeof part === 'object' && part !== null ? Object.entries(part).find(([key]) => key === TEXT)?.[1] : '';
  return typeof text === 'string' ? text : '';
}

function toAttributes(value: unknown): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).map(([name, text]) => [name, decode(String(text))]));
}

const PREDEFINED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** XML 1.0 §4.6: the five predefined entities and characters by number. */
function decode(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return PREDEFINED[name.toLowerCase()] ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : whole;
  });
}
