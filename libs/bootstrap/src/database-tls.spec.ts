import { databaseTlsProblem } from './database-tls.js';

const problemOf = (parameters: string) =>
  databaseTlsProblem(`postgres://a:b@host/db?${parameters}`);

describe('the TLS parameters of DATABASE_URL', () => {
  it.each([
    '',
    'sslmode=require',
    'uselibpqcompat=true&sslmode=require',
    `sslmode=verify-full&sslrootcert=${import.meta.filename}`,
    `uselibpqcompat=true&sslmode=verify-ca&sslrootcert=${import.meta.filename}`,
  ])('may be "%s"', (parameters) => {
    expect(problemOf(parameters)).toBeUndefined();
  });

  it.each([
    ['sslmode=verify_full', 'sslmode must be one of'],
    ['sslmode=', 'sslmode must be one of'],
    ['sslmode=require&sslmode=verify_full', 'sslmode must be one of'],
    ['sslmode=allow', 'sslmode must be one of'],
    ['uselibpqcompat=true&sslmode=verify-ca', 'needs sslrootcert'],
    ['sslrootcert=/nowhere.pem', 'sslrootcert cannot be read (ENOENT)'],
    ['sslrootcert=system', 'sslrootcert cannot be read (ENOENT)'],
    ['sslcert=/nowhere.pem', 'sslcert cannot be read (ENOENT)'],
    ['sslkey=/nowhere.key', 'sslkey cannot be read (ENOENT)'],
  ])('are refused as "%s"', (parameters, problem) => {
    expect(problemOf(parameters)).toContain(problem);
  });
});
