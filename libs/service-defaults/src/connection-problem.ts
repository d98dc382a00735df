/**
 * What Node and OpenSSL say of a TLS connection that fails, by code or, where a client library keeps only the
 * text, by that: https://docs.openssl.org/master/man1/openssl-verification-options/#diagnostics
 */
const TLS_PROBLEMS: readonly (readonly [RegExp, string])[] = [
  [
    /UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER|SELF_SIGNED|unable to verify the first|unable to get (local )?issuer|self[- ]signed cert/,
    "this process does not trust the CA of the server's certificate; name the CA's file in NODE_EXTRA_CA_CERTS",
  ],
  [
    /ERR_TLS_CERT_ALTNAME|does not match certificate's altnames/,
    "the server's certificate is for another name; the URL must name the host as the certificate does",
  ],
  [/CERT_HAS_EXPIRED|certificate has expired/, "renew the server's certificate"],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/,
    "compare the clocks: the server's certificate is not valid yet",
  ],
  [
    /WRONG_VERSION_NUMBER|wrong version number|before secure TLS connection/,
    "the server does not seem to speak TLS on this port; compare port and protocol with the server's",
  ],
  [
    /closed abruptly during opening handshake/,
    'on the port for TLS the URL must begin with amqps://',
  ],
  [
    /upgrading connection with STARTTLS|does not support required STARTTLS/,
    'the mail server offers no TLS; only with ?ignoreTLS=true in SMTP_URL is mail sent in plain text',
  ],
];

/** Why a server cannot be reached: the error's own words and, where TLS is the cause, what to do. */
export function connectionProblem(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  // A refused connection has no message when several addresses were tried.
  const words = message || code || String(error);
  const advice = TLS_PROBLEMS.find(([pattern]) => pattern.test(`${code} ${message}`))?.[1];
  return advice === undefined ? words : `${words}: ${advice}`;
}
