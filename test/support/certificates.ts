import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate and its key, as paths of PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

const LOCAL = 'DNS:localhost,IP:127.0.0.1';
const VALID_DAYS = 30;
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A private CA, made by openssl in a folder of its own. */
export class CertificateAuthority {
  private readonly directory = mkdtempSync(join(tmpdir(), 'usher-ca-'));
  /** The file for NODE_EXTRA_CA_CERTS. */
  readonly file = join(this.directory, 'ca.pem');

  constructor() {
    this.openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      ...days(VALID_DAYS),
      '-subj',
      '/CN=CA of a test',
    );
  }

  /** For `localhost` and `127.0.0.1`. */
  readonly forLocalhost = () => this.issue('server', LOCAL, VALID_DAYS);
  /** For a host that nobody asks for. */
  readonly forAnotherName = () => this.issue('other', 'DNS:db.example.com', VALID_DAYS);
  /** For `localhost`, until yesterday. */
  readonly expired = () => this.issue('expired', LOCAL, -1);

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  private issue(name: string, names: string, validDays: number): Certificate {
    const [request, cert, key, extensions] = ['csr', 'pem', 'key', 'ext'].map((kind) =>
      join(this.directory, `${name}.${kind}`),
    ) as [string, string, string, string];
    writeFileSync(extensions, `subjectAltName=${names}`);
    this.openssl('req', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    this.openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-out',
      cert,
      '-extfile',
      extensions,
      ...days(validDays),
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
    );
    return { cert, key };
  }

  private openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.directory, stdio: 'pipe' });
  }
}

const days = (count: number) => ['-days', String(count)];

/** What Node's TLS takes. */
export const readCertificate = ({ cert, key }: Certificate) => ({
  cert: readFileSync(cert),
  key: readFileSync(key),
});
