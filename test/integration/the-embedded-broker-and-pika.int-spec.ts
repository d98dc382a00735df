import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { EmbeddedBroker } from '../../tools/embedded-stack/src/parts/broker/embedded-broker.js';

/** A client that shares no code with this project: https://pika.readthedocs.io */
const PYTHON = ['/usr/bin/python3', 'python3'].find(
  (python) => spawnSync(python, ['-c', 'import pika']).status === 0,
);
const withPika = PYTHON ? describe : describe.skip;

const SCRIPT = `
import pika, sys
connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.confirm_delivery()
channel.queue_declare('from-python', durable=True, arguments={'x-queue-type': 'quorum'})
channel.exchange_declare('python', 'topic', durable=True)
channel.queue_bind('from-python', 'python', 'user.#')
properties = pika.BasicProperties(message_id='one', headers={'text': '深圳', 'number': 7}, delivery_mode=2)
channel.basic_publish('python', 'user.registered', 'x' * 300000, properties, mandatory=True)
try:
    channel.basic_publish('python', 'order.placed', 'nobody', mandatory=True)
except pika.exceptions.UnroutableError as error:
    print('returned', error.messages[0].method.reply_code)
channel.basic_qos(prefetch_count=1)
for method, properties, body in channel.consume('to-python', inactivity_timeout=10):
    if method is None:
        sys.exit('nothing came')
    print(method.routing_key, properties.message_id, properties.headers['text'], body.decode())
    if method.redelivered:
        channel.basic_ack(method.delivery_tag)
        break
    channel.basic_nack(method.delivery_tag, requeue=True)
channel.cancel()
try:
    channel.queue_declare('nowhere', passive=True)
except pika.exceptions.ChannelClosedByBroker as error:
    print('refused', error.reply_code)
connection.close()
`;

withPika(
  `pika${PYTHON ? '' : ' (skipped: no Python with pika here, apt-get install python3-pika)'}`,
  () => {
    let broker: EmbeddedBroker;
    let connection: ChannelModel;
    let channel: ConfirmChannel;

    beforeAll(async () => {
      broker = await EmbeddedBroker.start();
      connection = await connect(broker.url);
      channel = await connection.createConfirmChannel();
      await channel.assertQueue('to-python', { durable: true });
    });

    afterAll(async () => {
      await connection.close();
      await broker.close();
    });

    it('publishes to the embedded broker and consumes from it as from RabbitMQ', async () => {
      channel.sendToQueue('to-python', Buffer.from('Grüße'), {
        messageId: 'two',
        headers: { text: '🦊' },
      });
      await channel.waitForConfirms();

      const python = spawn(PYTHON!, ['-c', SCRIPT, `${broker.url}/%2F`], {
        env: { ...process.env, PYTHONIOENCODING: 'utf8' },
      });
      const [stdout, stderr, [code]] = await Promise.all([
        text(python.stdout),
        text(python.stderr),
        once(python, 'exit'),
      ]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.trim().split('\n')).toEqual([
        'returned 312',
        'to-python two 🦊 Grüße',
        'to-python two 🦊 Grüße',
        'refused 404',
      ]);

      await expect(channel.checkQueue('to-python')).resolves.toMatchObject({ messageCount: 0 });
      const message = await channel.get('from-python', { noAck: true });
      expect(message).toMatchObject({
        fields: { exchange: 'python', routingKey: 'user.registered', redelivered: false },
        properties: { messageId: 'one', headers: { text: '深圳', number: 7 }, deliveryMode: 2 },
      });
      expect(message && message.content.length).toBe(300_000);
    });
  },
);
