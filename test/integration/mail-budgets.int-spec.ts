import { usherMessaging } from '#libs/contracts';
import { advanceClock } from '#libs/messaging';
import { loadConfig } from '#libs/service-defaults';
import { ApiConfig } from '../../apps/api/src/api.config.js';
import {
  MailBudgets,
  type Charging,
} from '../../apps/api/src/accounts/mail-budgets/mail-budgets.js';
import { randomName } from '../support/random-name.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let test: TestDatabase;

beforeAll(async () => {
  test = await createTestDatabase();
});

afterAll(() => test.drop());

const OFF = {
  MAIL_BUDGET_MAILBOX: 'off',
  MAIL_BUDGET_NETWORK: 'off',
  MAIL_BUDGET_DOMAIN: 'off',
  MAIL_BUDGET_TOTAL: 'off',
};

const budgets = (env: Record<string, string>) =>
  new MailBudgets(
    loadConfig([ApiConfig], { ...OFF, CHALLENGE: 'altcha', ...env }).get(ApiConfig) as ApiConfig,
  );

const pass = (ms: number) => advanceClock(usherMessaging, test.database, ms);

const charge = (
  from: MailBudgets,
  change: { email?: string; network?: string } = {},
  charging: Charging = 'within',
): Promise<boolean> => {
  const mail = { email: `${randomName()}@example.com`, network: '192.0.2.1', ...change };
  return test.database.transaction((transaction) => from.charge(transaction, mail, charging));
};

/** How many of so many mails were charged. */
const chargedOf = async (count: number, ...arguments_: Parameters<typeof charge>) => {
  let charged = 0;
  for (let i = 0; i < count; i++) if (await charge(...arguments_)) charged++;
  return charged;
};

describe('a budget', () => {
  it('is not exceeded in any window, wherever it begins', async () => {
    const ofTotal = budgets({ MAIL_BUDGET_TOTAL: '7/1h' });
    const charged: number[] = [];
    for (let minute = 0; minute < 240; minute += 5) {
      const each = await chargedOf(2, ofTotal);
      charged.push(...Array.from({ length: each }, () => minute));
      await pass(5 * MINUTE_MS);
    }
    for (let from = 0; from < 240; from++) {
      const inWindow = charged.filter((minute) => minute >= from && minute < from + 60);
      expect(inWindow.length).toBeLessThanOrEqual(7);
    }
    expect(charged.length).toBeGreaterThanOrEqual(7 * 3);
    await pass(2 * HOUR_MS);
  });

  it('is free again after its time and a hundredth of it', async () => {
    const ofTotal = budgets({ MAIL_BUDGET_TOTAL: '2/1h' });
    expect(await chargedOf(3, ofTotal)).toBe(2);
    await pass(HOUR_MS - MINUTE_MS);
    expect(await chargedOf(1, ofTotal)).toBe(0);
    await pass(MINUTE_MS + HOUR_MS / 100);
    expect(await chargedOf(3, ofTotal)).toBe(2);
    await pass(2 * HOUR_MS);
  });

  it.each<[string, Record<string, string>, object]>([
    ['mailbox', { MAIL_BUDGET_MAILBOX: '2/1h' }, { email: 'one@example.org' }],
    ['network', { MAIL_BUDGET_NETWORK: '2/1h' }, { network: '192.0.2.7' }],
    ['domain', { MAIL_BUDGET_DOMAIN: '2/1h' }, { email: 'two@example.net' }],
  ])('of a %s leaves others alone', async (_, env, change) => {
    const limited = budgets(env);
    expect(await chargedOf(3, limited, change)).toBe(2);
    expect(await charge(limited, { email: 'other@example.com', network: '192.0.2.8' })).toBe(true);
  });

  it('is charged by none of them when one is used up', async () => {
    const both = budgets({ MAIL_BUDGET_MAILBOX: '1/1h', MAIL_BUDGET_NETWORK: '3/1h' });
    const network = '192.0.2.9';
    expect(await chargedOf(5, both, { email: 'full@example.org', network })).toBe(1);
    expect(await chargedOf(3, both, { network })).toBe(2);
  });

  it('that does not decide is charged all the same', async () => {
    const limited = budgets({ MAIL_BUDGET_MAILBOX: '1/1h' });
    const change = { email: 'asked@example.org' };
    expect(await chargedOf(3, limited, change, 'anyway')).toBe(3);
    expect(await charge(limited, change)).toBe(false);
  });

  it('charges nothing in a transaction that fails', async () => {
    const limited = budgets({ MAIL_BUDGET_MAILBOX: '1/1h' });
    const mail = { email: 'failed@example.org', network: '192.0.2.1' };
    const failed = test.database.transaction(async (transaction) => {
      await limited.charge(transaction, mail, 'within');
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await chargedOf(2, limited, mail)).toBe(1);
  });

  it('is exact when many come at the same time, with budgets that cross', async () => {
    const all = budgets({ MAIL_BUDGET_MAILBOX: '5/1h', MAIL_BUDGET_NETWORK: '5/1h' });
    const mails = Array.from({ length: 40 }, (_, i) => ({
      email: `crossed${i % 4}@example.org`,
      network: `192.0.2.${100 + (i % 3)}`,
    }));
    const charged = await Promise.all(mails.map((mail) => charge(all, mail)));
    const of = (key: 'email' | 'network', value: string) =>
      mails.filter((mail, i) => charged[i] && mail[key] === value).length;
    for (const { email, network } of mails) {
      expect(of('email', email)).toBeLessThanOrEqual(5);
      expect(of('network', network)).toBeLessThanOrEqual(5);
    }
    // Three networks have five each, and no mail is refused for less.
    expect(charged.filter(Boolean).length).toBe(15);
  });
});
