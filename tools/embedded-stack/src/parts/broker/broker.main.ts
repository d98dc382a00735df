import { EmbeddedBroker } from './embedded-broker.js';

const [port] = process.argv.slice(2) as [string];
const BYTES_PER_MIB = 1_024 * 1_024;
const limit = process.env['EMBEDDED_BROKER_MEMORY_MB'];

const broker = await EmbeddedBroker.start({
  port: Number(port),
  log: (line) => console.log(line),
  ...(limit && { memoryLimitBytes: Number(limit) * BYTES_PER_MIB }),
});
process.once('SIGTERM', () => {
  void broker.close().then(() => process.exit(0));
});
process.send?.({ url: broker.url });
