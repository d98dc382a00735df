import { dsnFeedback, readDsn } from '#libs/mail-feedback';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { v7 as uuidv7 } from 'uuid';
import { reportOf } from '../../support/mail-reports.js';

/** How long the e-mail worker reads a report of a mail server, and whether it grows by 10,000 of them. */
export interface ReportSample {
  readonly millisecondsEach: number;
  /** In use after all of them ÷ after the warm-up. */
  readonly memory: number;
}

const REPORTS = 10_000;
const WARM_UP = 1_000;
/** About as long as a welcome mail with its headers. */
const MAIL = `Subject: Welcome\r\n\r\n${`${'It is good to have you here. '.repeat(2)}\r\n`.repeat(100)}`;

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc') as () => void;

const usedAfterCollection = () => {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

async function read(nth: number): Promise<void> {
  const recipient = `person${nth}@mailbox${nth % 100}.example`;
  const raw = Buffer.from(reportOf({ recipient, returned: MAIL }));
  const dsn = await readDsn(raw);
  const feedback = dsn && dsnFeedback(dsn, { id: uuidv7(), recipient, at: new Date() });
  if (feedback?.kind !== 'bounced') throw new Error(`report ${nth} is not understood`);
}

for (let nth = 0; nth < WARM_UP; nth++) await read(nth);
const before = usedAfterCollection();
const startedAt = performance.now();
for (let nth = 0; nth < REPORTS; nth++) await read(nth);
const milliseconds = performance.now() - startedAt;
process.send!({
  millisecondsEach: Number((milliseconds / REPORTS).toPrecision(3)),
  memory: Number((usedAfterCollection() / before).toPrecision(4)),
} satisfies ReportSample);
process.disconnect();
