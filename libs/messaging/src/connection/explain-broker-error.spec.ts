import { explainBrokerError } from './explain-broker-error.js';

const URL_OF_ADA = 'amqp://ada:a-secret@host/shop%2Fone';
const explained = (message: string, url?: string) => explainBrokerError(new Error(message), url);

describe('what the broker refuses', () => {
  it.each([
    [URL_OF_ADA, "of user 'ada'"],
    [undefined, "of user 'guest'"],
  ])('is the login of the user in %s, whose password is told to nobody', (url, who) => {
    const text = explained('Handshake terminated by server: 403 ACCESS_REFUSED - Login was refused', url); // prettier-ignore
    expect(text).toContain(who);
    expect(text).toContain('check user and password in RABBITMQ_URL');
    expect(text).not.toContain('a-secret');
  });

  it.each([
    [URL_OF_ADA, "the virtual host 'shop/one' to user 'ada'"],
    ['amqp://ada:a-secret@host', "the virtual host '/' to user 'ada'"],
    ['amqp://ada:a-secret@host/', "the virtual host '' to user 'ada'"],
  ])('is the virtual host of %s', (url, what) => {
    expect(explained('Expected ConnectionOpenOk; got <ConnectionClose>', url)).toContain(what);
  });

  const refused = (access: string, what: string, operation: string) =>
    `Operation failed: ${operation}; 403 (ACCESS-REFUSED) with message ` +
    `"ACCESS_REFUSED - ${access}access to ${what} in vhost 'shop' refused for user 'ada'"`;

  it.each([
    ['configure ', "queue 'q'", 'QueueDeclare', "no configure permission on queue 'q'"],
    ['write ', "queue 'q'", 'QueueBind', "no write permission on queue 'q'"],
    // Before 4.3:
    ['', "queue 'q'", 'QueueDeclare', "no configure permission on queue 'q'"],
    ['', "exchange 'e'", 'ExchangeDeclare', "no configure permission on exchange 'e'"],
    ['', "queue 'q'", 'BasicConsume', "no read permission on queue 'q'"],
    ['', "queue 'q'", 'QueueBind', "no write permission on queue 'q'"],
    ['', "exchange 'e'", 'QueueBind', "no read or write permission on exchange 'e'"],
  ])('is the permission that is missing: %saccess to %s at %s', (access, what, operation, says) => {
    const text = explained(refused(access, what, operation));
    expect(text).toContain(`user 'ada' has ${says} in virtual host 'shop'`);
    expect(text).toContain('rabbitmqctl set_permissions');
  });
});

describe('what keeps the broker away', () => {
  it('is told with what to do about a certificate', () => {
    expect(explained('unable to verify the first certificate')).toMatch(
      /^unable to verify the first certificate: .* name the CA's file in NODE_EXTRA_CA_CERTS$/,
    );
  });

  it('is told in its own words otherwise', () => {
    expect(explained('connect ECONNREFUSED 127.0.0.1:1')).toBe('connect ECONNREFUSED 127.0.0.1:1');
  });
});
