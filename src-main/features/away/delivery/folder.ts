// Delivery into a folder of plain files: the sound under a name that says who and when, and the words beside it.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeliveredMessage } from './delivery-way.ts';
import { fileNameOf, textOf } from './delivery-text.ts';

export async function copyToFolder(message: DeliveredMessage, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const place = join(folder, fileNameOf(message));
  if (message.sound) await writeFile(`${place}.wav`, message.sound);
  else if (!message.wantsCallBack) await copyFile(message.file, `${place}.wav`);
  await writeFile(`${place}.txt`, textOf(message));
}
