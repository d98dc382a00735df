import type { Command } from 'commander';
import { withDatabase } from '../broker.js';
import { auditCampaigns, type Audit } from '../campaigns/audit.js';
import { print } from '../output.js';
import { table } from '../table.js';

/** `campaigns audit`: whether limited places were given by the rules. */
export function addCampaigns(program: Command): void {
  program
    .command('campaigns')
    .description('limited places')
    .command('audit [id]')
    .description(
      'prove from the database that every campaign has kept its rules; exits 1 when one has not',
    )
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, { json }: { json?: boolean }) => {
      const audit = await withDatabase((database) => auditCampaigns(database, id));
      if (id !== undefined && audit.campaigns.length === 0)
        throw new Error(`There is no campaign '${id}'.`);
      print(audit, json, text);
      if (!audit.ok) process.exitCode = 1;
    });
}

function text({ campaigns }: Audit): string {
  if (campaigns.length === 0) return 'There are no campaigns.';
  const rows = campaigns.flatMap(({ id, checks }) =>
    checks.map(({ name, ok }) => [id, name, ok ? 'ok' : 'BROKEN']),
  );
  const breaches = campaigns.flatMap(({ id, checks }) =>
    checks.flatMap(({ name, rows: found }) =>
      found.map(({ no, problem }) => `${id}: ${name}: ${no ? `change ${no}: ` : ''}${problem}`),
    ),
  );
  return [table([['CAMPAIGN', 'RULE', ''], ...rows]), ...breaches].join('\n');
}
