// Draws the app's icon and those of the tray out of `icon.svg`, by an installed Chromium. Run again when the drawing changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';
import { findBrowser } from './find-browser.mjs';

ensureInstalled();
const { chromium } = await import('playwright-core');
const drawing = readFileSync(join(ROOT, 'src-renderer', 'public', 'icon.svg'), 'utf8');
/** Something waits to be heard. */
const news = drawing.replace(
  '</svg>',
  '<circle cx="50" cy="14" r="13" fill="#e5484d" stroke="#fff" stroke-width="3"/></svg>',
);
const ICONS = [
  ['icon.png', drawing, 512],
  ['tray.png', drawing, 16],
  ['tray@2x.png', drawing, 32],
  ['tray-news.png', news, 16],
  ['tray-news@2x.png', news, 32],
];

const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
const page = await browser.newPage();
for (const [name, svg, sizePx] of ICONS) {
  await page.setViewportSize({ width: sizePx, height: sizePx });
  await page.setContent(
    `<body style="margin:0">${svg.replace('<svg', `<svg width="${sizePx}" height="${sizePx}" style="display:block"`)}`,
  );
  writeFileSync(join(ROOT, 'assets', 'icons', name), await page.screenshot({ omitBackground: true }));
}
await browser.close();
