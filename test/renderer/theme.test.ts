// The colours of the theme: every text has enough contrast on every ground that it stands on (WCAG 2.2, 1.4.3 and 1.4.11).
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src-renderer/theme.css', 'utf8');

/** A token's colour in light and dark. */
function colours(name: string): readonly [light: string, dark: string] {
  const pair = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  if (pair) return [pair[1]!, pair[2]!];
  const single = new RegExp(`--${name}: (#\\w{6})`).exec(css)?.[1];
  if (single === undefined) throw new Error(`theme.css has no colour --${name}`);
  return [single, single];
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((index) => Number.parseInt(hex.slice(index, index + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [dark = 0, bright = 0] = [luminance(a), luminance(b)].sort((left, right) => left - right);
  return (bright + 0.05) / (dark + 0.05);
}

function lowest(foreground: string, ground: string): number {
  const [front, back] = [colours(foreground), colours(ground)];
  return Math.min(contrast(front[0], back[0]), contrast(front[1], back[1]));
}

const GROUNDS = ['ground', 'surface', 'surface-raised'];
type Pair = readonly [foreground: string, ground: string];
const pairs = (fronts: readonly string[], grounds: readonly string[]): Pair[] =>
  fronts.flatMap((front) => grounds.map((ground) => [front, ground] as const));

describe('the colours of the theme', () => {
  it.each<Pair>([
    ...pairs(['text', 'text-soft'], [...GROUNDS, 'accent-soft']),
    ...pairs(['accent', 'good', 'danger'], ['ground', 'surface']),
    ['accent', 'accent-soft'],
    ['on-accent', 'accent'],
    ['warn', 'warn-soft'],
    ['warn', 'ground'],
    ['danger', 'danger-soft'],
    ['on-strong', 'call'],
    ['on-strong', 'danger-strong'],
  ])('let %s be read on %s', (foreground, ground) => {
    expect(lowest(foreground, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each<Pair>(pairs(['line-strong', 'accent'], GROUNDS))('let %s be seen as an edge on %s', (foreground, ground) => {
    expect(lowest(foreground, ground)).toBeGreaterThanOrEqual(3);
  });
});
