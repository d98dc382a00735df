import { dsnFeedback, readDsn } from '#libs/mail-feedback';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { v7 as uuidv7 } from 'uuid';
import { reportOf } from '../../support/mail-reports.js';

/** How long the e-mail worker works on a report of a mail server, and how much it grows by 10,000 of them. */
export interface ReportSample {
  readonly millisecondsEach: number;
  readonly memoryMb: number;
}

const REPORTS = 10_000;
const WARM_UP = 1_000;
const MB = 1_000_000;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

const residentAfterCollection = () => {
  collect();
  collect();
  return process.memoryUsage.rss();
};

async function read(nth: number): Promise<void> {
  const recipient = `person${nth}@mailbox${nth % 100}.example`;
  const raw = Buffer.from(reportOf({ recipient }));
  const dsn = await readDsn(raw);
  const feedback = dsn && dsnFeedback(dsn, { id: uuidv7(), recipient, at: new Date() });
  if (feedback?.kind !== 'bounced') throw new Error(`report ${nth} is not understood`);
}

for (let nth = 0; nth < WARM_UP; nth++) await read(nth);
const before = residentAfterCollection();
const startedAt = performance.now();
for (let nth = 0; nth < REPORTS; nth++) await read(nth);
const milliseconds = performance.now() - startedAt;
process.send!({
  millisecondsEach: Number((milliseconds / REPORTS).toPrecision(3)),
  memoryMb: Math.round((residentAfterCollection() - before) / MB),
} satisfies ReportSample);
process.disconnect();
