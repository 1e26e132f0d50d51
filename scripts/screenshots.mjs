// Takes the pictures of the README and of the guide: the built phone, a real call to the test line, an installed Chromium, light and dark.
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';
import { findBrowser } from './find-browser.mjs';

ensureInstalled();
const { chromium } = await import('playwright-core');
const FOLDER = join(ROOT, 'docs', 'screenshots');
const GUIDE = join(ROOT, 'docs', 'guide');
/** Long enough for a wave form to look at. */
const MESSAGE_MS = 8000;
const SIZE = { width: 1040, height: 700 };
/** Every group of the settings is seen whole. */
const TALL = { width: 1040, height: 2000 };

function startPhone(dataFolder) {
  const args = ['bin/nightjar.mjs', 'start', '--host', 'web', '--no-open', '--audio', 'null', '--data', dataFolder];
  const phone = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = new Promise((resolve, reject) => {
    phone.stdout.on('data', (data) => {
      const found = /http:\S+token=\S+/.exec(String(data))?.[0];
      if (found) resolve(found);
    });
    phone.once('exit', (code) => reject(new Error(`the phone ended with ${code}`)));
  });
  return { phone, url };
}

async function dial(page, number) {
  await page.getByRole('button', { name: new RegExp(`^Call ${number}:`) }).click();
}

/** A few calls, so that the history has something to show; the last one goes on. */
async function makeCalls(page) {
  const region = page.getByRole('region', { name: /^Call with/ });
  for (const number of ['busy', 'decline']) {
    await dial(page, number);
    await region.getByRole('button', { name: 'Close' }).click();
  }
  for (const number of ['call-me-back', 'echo']) {
    await dial(page, number);
    if (number === 'call-me-back') await page.getByRole('alertdialog').getByRole('button', { name: 'Decline' }).click();
    await region.first().waitFor({ state: number === 'echo' ? 'visible' : 'detached' });
  }
  await page.getByText('Good line').waitFor();
  await page.mouse.move(1, 1);
}

async function hangUp(page) {
  await page.getByRole('button', { name: 'Hang up' }).click();
  await page
    .getByRole('region', { name: /^Call with/ })
    .getByRole('button', { name: 'Close' })
    .click();
}

/** The test line leaves a message, and the user listens. */
async function leaveMessage(page) {
  await hangUp(page);
  await page.getByRole('switch', { name: /^Away/ }).click();
  await dial(page, 'call-me-back');
  await page.getByText('Leaves a message').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: /^Listen/ }).click();
  await page.getByText('you hear it').waitFor();
  await page.mouse.move(1, 1);
}

/** The user takes the call and ends it; what was left until then is marked and gets a note. */
async function showMessages(page) {
  await page.waitForTimeout(MESSAGE_MS);
  await page.getByRole('button', { name: /^Pick up/ }).click();
  await hangUp(page);
  await page.getByRole('button', { name: /^Messages/ }).click();
  const message = page.getByRole('article').first();
  await message.getByRole('button', { name: /^Mark the message/ }).click();
  await message.getByRole('button', { name: /^Note on the message/ }).click();
  await message.getByRole('textbox').fill('Ask about the garden');
  await message.getByRole('textbox').press('Control+Enter');
  await page.getByText('Note kept').waitFor();
  await page.mouse.move(1, 1);
}

/** The week, and what would happen to a call. */
async function showWaysIn(page) {
  await page.getByRole('button', { name: /^Settings/ }).click();
  const group = page.getByRole('region', { name: 'Away by itself' });
  await group.getByRole('button', { name: 'Add weekly hours' }).click();
  await group.getByLabel(/^What would happen/).fill('bob@example.com');
  await group.getByRole('button', { name: 'Now?' }).click();
  await group.getByText('answered by the machine').waitFor();
  return group;
}

/** A greeting of one's own, which is being cut, and a rule. */
async function showGreetings(page, folder) {
  const file = join(folder, 'On holiday.wav');
  copyFileSync(join(ROOT, 'assets', 'audio', 'greeting.wav'), file);
  const group = page.getByRole('region', { name: 'Greetings' });
  await group.getByLabel('A greeting to bring in').setInputFiles(file);
  await group.getByRole('button', { name: /^Cut the greeting/ }).click();
  await page.getByText('was brought in').waitFor({ state: 'detached', timeout: 20_000 });
  return group;
}

const binary = findBrowser();
const dataFolder = mkdtempSync(join(tmpdir(), 'nightjar-pictures-'));
const { phone, url } = startPhone(dataFolder);
const browser = await chromium.launch({ executablePath: binary, args: ['--no-sandbox', '--disable-gpu'] });
try {
  mkdirSync(FOLDER, { recursive: true });
  const page = await browser.newPage({ viewport: SIZE, colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(await url);
  await makeCalls(page);
  await page.screenshot({ path: join(FOLDER, 'phone.png') });
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.screenshot({ path: join(FOLDER, 'phone-dark.png') });
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await leaveMessage(page);
  await page.screenshot({ path: join(GUIDE, 'away-caller.png') });
  await showMessages(page);
  await page.screenshot({ path: join(GUIDE, 'messages.png') });
  await page.setViewportSize(TALL);
  const waysIn = await showWaysIn(page);
  await waysIn.screenshot({ path: join(GUIDE, 'away-by-itself.png') });
  const greetings = await showGreetings(page, dataFolder);
  await greetings.screenshot({ path: join(GUIDE, 'greetings.png') });
  console.log(`pictures in ${FOLDER} and ${GUIDE}`);
} finally {
  await browser.close();
  phone.removeAllListeners('exit');
  const gone = new Promise((resolve) => phone.once('exit', resolve));
  phone.kill();
  await gone;
  rmSync(dataFolder, { recursive: true, force: true });
}
