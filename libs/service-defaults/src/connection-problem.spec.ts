import { connectionProblem } from './connection-problem.js';

const failed = (message: string, code?: string) => Object.assign(new Error(message), { code });

describe('why there is no connection', () => {
  it.each([
    ['unable to verify the first certificate', /NODE_EXTRA_CA_CERTS$/],
    ['unable to get issuer certificate', /NODE_EXTRA_CA_CERTS$/],
    ['unable to get local issuer certificate', /NODE_EXTRA_CA_CERTS$/],
    ['self-signed certificate', /NODE_EXTRA_CA_CERTS$/],
    ['self signed certificate in certificate chain', /NODE_EXTRA_CA_CERTS$/],
    ["Hostname/IP does not match certificate's altnames: Host: a. is not in b", /another name/],
    ['certificate has expired', /renew/],
    ['certificate is not yet valid', /clocks/],
    ['write EPROTO … wrong version number', /compare port and protocol/],
    [
      'Client network socket disconnected before secure TLS connection was established',
      /compare port and protocol/,
    ],
    ['Socket closed abruptly during opening handshake', /amqps:/],
    ['Error upgrading connection with STARTTLS: 502 no', /ignoreTLS=true/],
    ['EHLO failed but HELO does not support required STARTTLS. response=502 no', /ignoreTLS=true/],
  ])(
    'of "%s" says what to do, although a library has put a code of its own in',
    (message, advice) => {
      for (const code of [undefined, 'ESOCKET']) {
        const problem = connectionProblem(failed(message, code));
        expect(problem.startsWith(`${message}: `)).toBe(true);
        expect(problem).toMatch(advice);
      }
    },
  );

  it.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS$/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /NODE_EXTRA_CA_CERTS$/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS$/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS$/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
    ['CERT_HAS_EXPIRED', /renew/],
    ['CERT_NOT_YET_VALID', /clocks/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /compare port and protocol/],
  ])('of the code %s says what to do, whatever the words', (code, advice) => {
    expect(connectionProblem(failed('failed', code))).toMatch(advice);
  });

  it.each([
    [
      failed('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'),
      'connect ECONNREFUSED 127.0.0.1:1',
    ],
    [failed('', 'ECONNREFUSED'), 'ECONNREFUSED'],
    ['closed', 'closed'],
  ])('is otherwise what the error says', (error, expected) => {
    expect(connectionProblem(error)).toBe(expected);
  });
});
