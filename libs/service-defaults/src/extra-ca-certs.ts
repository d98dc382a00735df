import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * The path of a file of CA certificates (PEM) that Node trusts beside its own. Node only warns of a file that
 * it cannot use, and goes on. https://nodejs.org/api/cli.html#node_extra_ca_certsfile
 */
export const extraCaCerts = () =>
  z
    .string()
    .refine(hasCertificates, 'expected the path of a readable file of CA certificates in PEM')
    .optional();

function hasCertificates(path: string): boolean {
  try {
    const certificates = readFileSync(path, 'utf8').match(CERTIFICATE) ?? [];
    return certificates.map((pem) => new X509Certificate(pem)).length > 0;
  } catch {
    return false;
  }
}
