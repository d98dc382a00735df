import { metrics } from '@opentelemetry/api';
import { readMetrics } from './telemetry.js';

const meter = metrics.getMeter('test');

describe('what a scrape reads', () => {
  it('has no value of an observable gauge that says nothing any more', async () => {
    let value: number | undefined = 7;
    meter.createObservableGauge('test_gauge').addCallback((result) => {
      if (value !== undefined) result.observe(value);
    });
    expect((await readMetrics()).text).toMatch(/^test_gauge 7/m);
    expect((await readMetrics()).text).toMatch(/^test_gauge 7/m);
    value = undefined;
    expect((await readMetrics()).text).not.toMatch(/^test_gauge \d/m);
    value = 8;
    expect((await readMetrics()).text).toMatch(/^test_gauge 8/m);
  });

  it('adds up what is counted', async () => {
    const counter = meter.createCounter('test_counter');
    counter.add(1);
    await readMetrics();
    counter.add(1);
    expect((await readMetrics()).text).toMatch(/^test_counter_total 2/m);
    expect((await readMetrics()).text).toMatch(/^test_counter_total 2/m);
  });
});
