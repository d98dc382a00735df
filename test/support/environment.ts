/** An address that `npm test` passes on. */
export function given(variable: 'DATABASE_URL' | 'RABBITMQ_URL'): string {
  const url = process.env[variable];
  if (!url) throw new Error(`${variable} is not set: run the tests by 'npm test -- <pattern>'`);
  return url;
}
