import { Logger } from '@nestjs/common';
import { BrokerConnection, MessagingConfig } from '#libs/messaging';
import { loadConfig } from '#libs/service-defaults';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { EmbeddedBroker } from '../../tools/embedded-stack/src/parts/broker/embedded-broker.js';
import { given } from '../support/environment.js';
import { randomName } from '../support/random-name.js';

const PASSWORD = 'p%25 %/?#,@:&=+é密';
const CONNECT_MS = 10_000;
const user = `üser/${randomName()}`;
let address: string;
let stop: () => Promise<unknown>;

/** With this command line there is a RabbitMQ that takes another user; else an embedded broker that has it. */
const rabbitmqctl = process.env['RABBITMQ_CTL'];
const ctl = (args: string) =>
  promisify(exec)(`${rabbitmqctl} ${args}`, { env: { ...process.env, LC_ALL: 'C.UTF-8' } });

beforeAll(async () => {
  Logger.overrideLogger(false);
  if (rabbitmqctl) {
    await ctl(`add_user '${user}' '${PASSWORD}'`);
    await ctl(`set_permissions '${user}' '.*' '.*' '.*'`);
    address = new URL(given('RABBITMQ_URL')).host;
    stop = () => ctl(`delete_user '${user}'`);
  } else {
    const broker = await EmbeddedBroker.start({ user, password: PASSWORD });
    address = new URL(broker.url).host;
    stop = () => broker.close();
  }
});

afterAll(() => stop(), 60_000);

describe('a name and a password of special characters, percent-encoded,', () => {
  it('opens the broker', async () => {
    const [name, password] = [user, PASSWORD].map(encodeURIComponent);
    const env = { RABBITMQ_URL: `amqp://${name}:${password}@${address}` };
    const config = loadConfig([MessagingConfig], env).get(MessagingConfig) as MessagingConfig;
    expect(config.RABBITMQ_URL).toHaveLength(1);
    const connection = new BrokerConnection(config.RABBITMQ_URL, 'test');
    connection.open();
    await connection.model(AbortSignal.timeout(CONNECT_MS));
    expect(connection.problem).toBeUndefined();
    await connection.close();
  });
});
