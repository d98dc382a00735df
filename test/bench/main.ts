import { Logger } from '@nestjs/common';
import type { Bench } from './bench.js';
import { recommend } from './recommend/recommend.bench.js';

const benches: readonly Bench[] = [recommend];

Logger.overrideLogger(false); // Standard output is for the one object.
const [name] = process.argv.slice(2);
const bench = benches.find((each) => each.name === name);
if (bench) {
  const { table, result } = await bench.run((line) => process.stderr.write(`${line}\n`));
  process.stderr.write(`\n${table}\n\n`);
  console.log(JSON.stringify({ bench: bench.name, node: process.version, ...result }));
} else {
  const known = benches.map((each) => `  ${each.name}  ${each.measures}`).join('\n');
  process.stderr.write(`npm run bench -- <name>\n${known}\n`);
  process.exitCode = 2;
}
