import { ChaosRun, type ChaosOptions } from './chaos-run.js';

/** A run whose auditor must find what was done to it, and nothing in a run to which nothing was done. */
const runs: ChaosRun[] = [];

const auditOf = async (change: Partial<ChaosOptions>) => {
  const defaults = { signups: 30, concurrency: 8, seed: 1, settleWithinMs: 40_000 };
  const run = new ChaosRun({ ...defaults, ...change }, () => undefined);
  runs.push(run);
  return (await run.run()).audit;
};

describe('the auditor of the chaos run', () => {
  afterEach(async () => {
    for (const run of runs.splice(0)) await run.clear();
  });

  it('finds nothing when nothing was broken', async () => {
    const audit = await auditOf({ calm: true });
    expect(audit).toMatchObject({ accepted: 30, lost: 0, duplicateEffects: 0, problems: [] });
  });

  it('finds effects that happened twice when the ledger forgets', async () => {
    const audit = await auditOf({ sabotage: 'ledger', settleWithinMs: 15_000 });
    expect(audit.duplicateEffects).toBeGreaterThan(0);
    expect(audit.problems).not.toHaveLength(0);
  });

  it('finds what is lost when messages are acknowledged too early', async () => {
    const audit = await auditOf({ sabotage: 'ack', settleWithinMs: 15_000 });
    expect(audit.lost).toBeGreaterThan(0);
    expect(audit.problems).not.toHaveLength(0);
  });
});
