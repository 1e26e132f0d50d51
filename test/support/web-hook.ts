// A web server on loopback that takes what the phone sends on, and answers as it is told.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebHook {
  readonly url: string;
  /** The forms that it was given, those that it refused too. */
  readonly forms: readonly FormData[];
  readonly close: () => void;
}

export async function openWebHook(statusOf: () => number = () => 200): Promise<WebHook> {
  const forms: FormData[] = [];
  const take = async (request: IncomingMessage): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    forms.push(await new Response(Buffer.concat(chunks), { headers }).formData());
  };
  const server: Server = createServer((request, response) => {
    void take(request).then(() => response.writeHead(statusOf()).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, forms, close: () => void server.close() };
}
