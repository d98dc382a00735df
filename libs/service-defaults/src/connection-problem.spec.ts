import { connectionProblem } from './connection-problem.js';

const failed = (message: string, code?: string) => Object.assign(new Error(message), { code });

describe('why there is no connection', () => {
  it.each([
    [
      'unable to verify the first certificate',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      /NODE_EXTRA_CA_CERTS$/,
    ],
    ['self-signed certificate', 'DEPTH_ZERO_SELF_SIGNED_CERT', /NODE_EXTRA_CA_CERTS$/],
    ['self-signed certificate in certificate chain', 'ESOCKET', /NODE_EXTRA_CA_CERTS$/],
    ['unable to get local issuer certificate', 'ETLS', /NODE_EXTRA_CA_CERTS$/],
    [
      "Hostname/IP does not match certificate's altnames: Host: a. is not in b",
      'ERR_TLS_CERT_ALTNAME_INVALID',
      /another name/,
    ],
    ['certificate has expired', 'CERT_HAS_EXPIRED', /renew/],
    ['certificate is not yet valid', 'CERT_NOT_YET_VALID', /clocks/],
    ['write EPROTO … wrong version number', 'EPROTO', /compare port and protocol/],
    ['Socket closed abruptly during opening handshake', undefined, /amqps:/],
    ['Error upgrading connection with STARTTLS: 502 no', 'ETLS', /ignoreTLS=true/],
  ])('of "%s" (%s) says what to do', (message, code, advice) => {
    const problem = connectionProblem(failed(message, code));
    expect(problem.startsWith(`${message}: `)).toBe(true);
    expect(problem).toMatch(advice);
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
