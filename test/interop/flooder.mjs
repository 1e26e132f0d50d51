// A program that does one thing: INVITEs by UDP, as many a second as it is told. node flooder.mjs FROM TO PORT RATE SECONDS
import { createSocket } from 'node:dgram';

const [from, to, port, rate, seconds] = process.argv.slice(2);
const socket = createSocket('udp4');
const body = 'v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 9000 RTP/AVP 0\r\n';
let sent = 0;
let answers = 0;
let answerBytes = 0;
let sentBytes = 0;

const inviteOf = (number) =>
  Buffer.from(
    [
      `INVITE sip:bob@${to}:${port} SIP/2.0`,
      `Via: SIP/2.0/UDP ${from}:${socket.address().port};branch=z9hG4bKflood${number};rport`,
      'Max-Forwards: 70',
      `From: "Flood" <sip:flood@${from}>;tag=f${number}`,
      `To: <sip:bob@${to}>`,
      `Call-ID: flood-${number}@${from}`,
      'CSeq: 1 INVITE',
      `Contact: <sip:flood@${from}:${socket.address().port}>`,
      'Content-Type: application/sdp',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n'),
  );

socket.on('message', (bytes) => {
  answers++;
  answerBytes += bytes.length;
});
socket.bind(0, from, () => {
  const startMs = performance.now();
  const timer = setInterval(() => {
    const elapsedSec = (performance.now() - startMs) / 1000;
    // What is due by now, in one batch; a machine that cannot keep up sends what it can.
    const due = Math.min(sent + 2000, Math.floor(Math.min(elapsedSec, Number(seconds)) * Number(rate)));
    while (sent < due) {
      const invite = inviteOf(sent++);
      sentBytes += invite.length;
      socket.send(invite, Number(port), to);
    }
    if (elapsedSec < Number(seconds)) return;
    clearInterval(timer);
    setTimeout(() => {
      console.log(JSON.stringify({ sent, sentBytes, answers, answerBytes, perSec: Math.round(sent / elapsedSec) }));
      socket.close();
    }, 500);
  }, 4);
});
