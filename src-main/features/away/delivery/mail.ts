// Delivery by e-mail through the user's own server, with the sound attached.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type Mailer from 'nodemailer';
import { importModule } from '../../../base/import-module.ts';
import type { DeliveredMessage, MailSettings } from './delivery-way.ts';
import { fileNameOf, subjectOf, textOf } from './delivery-text.ts';

const LIMIT_MS = 30_000;

/** WHY: most phones never need it, and it must not slow the start down. */
async function loadMailer(): Promise<typeof Mailer> {
  const file = createRequire(import.meta.url).resolve('nodemailer');
  return (await importModule(pathToFileURL(file).href)) as typeof Mailer;
}

/** Rejects with the server's own words. */
export async function sendMail(message: DeliveredMessage, settings: MailSettings, password: string): Promise<void> {
  const { createTransport } = await loadMailer();
  const { host, port, security, username, from, to, attachesSound } = settings;
  const transport = createTransport({
    ...{ host, port, secure: security === 'tls' },
    ...{ requireTLS: security === 'startTls', ignoreTLS: security === 'none' },
    ...(username !== '' && { auth: { user: username, pass: password } }),
    ...{ connectionTimeout: LIMIT_MS, greetingTimeout: LIMIT_MS, socketTimeout: LIMIT_MS },
  });
  try {
    await transport.sendMail({
      ...{ from, to, subject: subjectOf(message), text: textOf(message) },
      ...(attachesSound &&
        !message.wantsCallBack && {
          attachments: [
            {
              ...(message.sound ? { content: message.sound } : { path: message.file }),
              filename: `${fileNameOf(message)}.wav`,
              contentType: 'audio/wav',
            },
          ],
        }),
    });
  } finally {
    transport.close();
  }
}
