import { metrics } from '@opentelemetry/api';

const missed = metrics.getMeter('usher.requests').createCounter('usher_rpc_deadline_missed', {
  description: 'Requests without an answer within their deadline',
});
missed.add(0);

export function recordMissedDeadline(): void {
  missed.add(1);
}
