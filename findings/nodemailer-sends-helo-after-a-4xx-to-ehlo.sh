#!/usr/bin/env bash
# nodemailer 10.6.0: a server that answers EHLO with "451 try again later" is greeted once more, with HELO, and
# gets the mail. RFC 5321, section 4.1.4, has the client fall back to HELO when EHLO is refused (500, 501, 502,
# 550); a 4yz reply asks to come again later (section 4.2.1).
#
# Output seen with Node 20.20:
#   EHLO
#   HELO
#   MAIL
#   RCPT
#   DATA
#   accepted
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund nodemailer@10.6.0

cat >dialogue.mjs <<'JS'
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createTransport } from 'nodemailer';

const server = createServer((socket) => {
  let inMail = false;
  socket.write('220 mail.example\r\n');
  socket.on('error', () => undefined);
  socket.on('data', (data) => {
    for (const line of data.toString().split('\r\n').slice(0, -1)) {
      if (inMail && line !== '.') continue;
      const verb = inMail ? '.' : line.slice(0, 4).toUpperCase();
      inMail = verb === 'DATA';
      if (/^[A-Z]/.test(verb) && verb !== 'QUIT') console.log(verb);
      if (verb === 'EHLO') socket.write('451 4.3.0 try again later\r\n');
      else socket.write(inMail ? '354 go on\r\n' : '250 2.0.0 fine\r\n');
    }
  });
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const transport = createTransport({ host: '127.0.0.1', port: server.address().port });
await transport
  .sendMail({ from: 'a@x.example', to: 'b@x.example', subject: 'Hello', text: 'Hello' })
  .then(() => console.log('accepted'), (error) => console.log(`refused: ${error.message}`));
transport.close();
server.close();
JS
seen=$(node dialogue.mjs)
echo "$seen"
[ "$seen" = $'EHLO\nHELO\nMAIL\nRCPT\nDATA\naccepted' ]
