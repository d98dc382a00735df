import { text } from 'node:stream/consumers';
import { EmbeddedBroker } from './embedded-broker.js';

const BYTES_PER_MIB = 1_024 * 1_024;

const limit = process.env['EMBEDDED_BROKER_MEMORY_MB'];
if (limit && !/^[1-9]\d{0,5}$/.test(limit))
  throw new Error(`EMBEDDED_BROKER_MEMORY_MB: '${limit}' is no number of MiB from 1 to 999999`);

// Its user's password comes on the standard input: a command line can be read by everybody on the machine.
const password = await text(process.stdin);

const broker = await EmbeddedBroker.start({
  port: Number(process.argv[2]),
  log: (line) => console.log(line),
  ...(password && { password }),
  ...(limit && { memoryLimitBytes: Number(limit) * BYTES_PER_MIB }),
});
process.once('SIGTERM', () => {
  void broker.close().then(() => process.exit(0));
});
process.send?.({ url: broker.url });
