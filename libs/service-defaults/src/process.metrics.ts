import { metrics } from '@opentelemetry/api';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often the event loop is looked at; half of a delay that is shorter goes unseen. */
const RESOLUTION_MS = 20;

/** Reports what the process itself takes, under the names that Prometheus clients give it. Once a process. */
export function observeProcess(): void {
  const meter = metrics.getMeter('usher.process');
  meter
    .createObservableGauge('process_resident_memory_bytes', {
      description: 'Memory that the process holds',
      unit: 'By',
    })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableCounter('process_cpu_seconds_total', {
      description: 'Time that the process has spent on processors',
      unit: 's',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  meter
    .createObservableGauge('nodejs_eventloop_lag_p99_seconds', {
      description: 'Delay of the event loop since the last scrape, 99th percentile',
      unit: 's',
    })
    .addCallback((result) => {
      result.observe(delay.count > 0 ? delay.percentile(99) / 1e9 : 0);
      delay.reset();
    });
}
