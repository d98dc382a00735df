import { DatabaseUnavailableError, isDatabaseUnavailable } from './database-errors.js';
import { runAgain } from './run-again.js';
import { rule } from './sqlstates.js';

const failure = (code: string | undefined, message = 'a failure', severity = 'ERROR') =>
  Object.assign(new Error(message), { code, severity });

describe('a failure of the database', () => {
  it.each([
    ['08006', 'connection'],
    ['57P01', 'connection'],
    ['57P02', 'connection'],
    ['57P03', 'connection'],
    ['57P05', 'connection'],
    ['ECONNREFUSED', 'connection'],
    ['ECONNRESET', 'connection'],
    ['EPIPE', 'connection'],
    ['ETIMEDOUT', 'connection'],
    ['ENOTFOUND', 'connection'],
    ['EAI_AGAIN', 'connection'],
    ['EHOSTUNREACH', 'connection'],
    ['ENETUNREACH', 'connection'],
    ['25006', 'all connections'],
    ['53100', 'none'],
    ['53200', 'none'],
    ['53300', 'none'],
    ['58030', 'none'],
    ['55P03', 'none'],
  ])('%s means wait, and costs %s', (code, scope) => {
    expect(rule(failure(code))).toMatchObject({ meaning: 'wait', scope });
  });

  it.each([
    ['40001', 'none'],
    ['40P01', 'none'],
    ['26000', 'all connections'],
    ['42P05', 'all connections'],
  ])('%s means that the work runs again, and costs %s', (code, scope) => {
    expect(rule(failure(code))).toMatchObject({ meaning: 'run again', scope });
  });

  it.each([
    '08P01',
    '23505',
    '22P02',
    '42501',
    '42P01',
    '40002',
    '55000',
    '57014',
    '54000',
    'XX000',
  ])('%s is a defect', (code) => {
    expect(rule(failure(code))).toMatchObject({ meaning: 'defect', scope: 'none' });
  });

  it('08P01 means wait when it ends the session, as PgBouncer does when a server has crashed', () => {
    const crashed = failure('08P01', 'server conn crashed?', 'FATAL');
    expect(rule(crashed)).toMatchObject({ meaning: 'wait', scope: 'connection' });
  });

  it('0A000 means that the work runs again when a migration has changed a table, and only then', () => {
    expect(rule(failure('0A000', 'cached plan must not change result type'))).toMatchObject({
      meaning: 'run again',
    });
    expect(rule(failure('0A000', 'cannot do that'))).toMatchObject({ meaning: 'defect' });
  });

  it('without a code is a lost connection by what pg says of it, else a defect', () => {
    expect(rule(failure(undefined, 'Connection terminated unexpectedly')).meaning).toBe('wait');
    expect(rule(failure(undefined, 'Query read timeout')).meaning).toBe('wait');
    expect(rule(new Error('of the handler')).meaning).toBe('defect');
    expect(rule('thrown').meaning).toBe('defect');
  });
});

describe('work that PostgreSQL undoes', () => {
  const failing = (times: number, code: string) => {
    let runs = 0;
    const work = async () => {
      runs++;
      if (runs <= times) throw failure(code);
      return runs;
    };
    return { work, runs: () => runs };
  };

  it('runs again until it succeeds', async () => {
    await expect(runAgain(failing(3, '40001').work)).resolves.toBe(4);
  });

  it('counts as work for which the database is not available when it was undone four times', async () => {
    const { work, runs } = failing(9, '40P01');
    const error = await runAgain(work).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DatabaseUnavailableError);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(runs()).toBe(4);
  });

  it('does not run again when it is a defect', async () => {
    const { work, runs } = failing(9, '23505');
    await expect(runAgain(work)).rejects.toMatchObject({ code: '23505' });
    expect(runs()).toBe(1);
  });
});
