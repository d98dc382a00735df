import { metrics } from '@opentelemetry/api';

const missed = metrics.getMeter('usher.requests').createCounter('usher_rpc_deadline_missed', {
  description: 'Requests without an answer within their deadline',
});

export function recordMissedDeadline(queue: string): void {
  missed.add(1, { queue });
}
