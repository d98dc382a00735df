import type { OnboardingStep } from './deliveries.query.js';
import { TimelineWatcher } from './timeline-watcher.js';

const step = (change: Partial<OnboardingStep> = {}): OnboardingStep => ({
  name: 'welcome-email',
  status: 'pending',
  attempts: 0,
  ...change,
});

function watch(lastEventId?: string) {
  const sent: (string | undefined)[] = [];
  const stream = { send: (event: string, _: unknown, id?: string) => sent.push(id ?? event) };
  return { sent, watcher: new TimelineWatcher('someone', stream, lastEventId) };
}

describe('who watches a timeline', () => {
  it('is told each state once', () => {
    const { sent, watcher } = watch();
    watcher.tell([step()]);
    watcher.tell([step()]);
    watcher.tell([step({ status: 'retrying', attempts: 1 })]);
    watcher.tell([step({ status: 'done', attempts: 2 })]);
    watcher.tell([step({ status: 'done', attempts: 2 })]);
    expect(sent).toEqual([
      'welcome-email:pending:0',
      'welcome-email:retrying:1',
      'welcome-email:done:2',
      'complete',
    ]);
  });

  it('is told what becomes of a mail', () => {
    const { sent, watcher } = watch('welcome-email:done:1:sent');
    watcher.tell([step({ status: 'done', attempts: 1, delivery: 'sent' })]);
    watcher.tell([step({ status: 'done', attempts: 1, delivery: 'bounced' })]);
    expect(sent).toEqual(['complete', 'welcome-email:done:1:bounced']);
  });

  it('gets another problem of the same attempt', () => {
    const { sent, watcher } = watch();
    const waiting = { code: 'waiting_for_service', message: 'It waits.' } as const;
    const tried = { code: 'will_be_tried_again', message: 'It is tried again.' } as const;
    watcher.tell([step({ status: 'retrying', problem: waiting })]);
    watcher.tell([step({ status: 'retrying', problem: tried })]);
    expect(sent).toHaveLength(2);
  });

  it('is spared what was seen last, and nothing else', () => {
    const { sent, watcher } = watch('welcome-email:retrying:1');
    const others = step({ name: 'recommendations', status: 'done', attempts: 1 });
    watcher.tell([step({ status: 'retrying', attempts: 1 }), others]);
    expect(sent).toEqual(['recommendations:done:1']);
    watcher.tell([step({ status: 'retrying', attempts: 2 }), others]);
    watcher.tell([step({ status: 'retrying', attempts: 1 }), others]);
    expect(sent.slice(1)).toEqual(['welcome-email:retrying:2', 'welcome-email:retrying:1']);
  });

  it('is told the end again when it was undone', () => {
    const { sent, watcher } = watch();
    watcher.tell([step({ status: 'done' })]);
    watcher.tell([step({ status: 'retrying' })]);
    watcher.tell([step({ status: 'done' })]);
    expect(sent.filter((event) => event === 'complete')).toHaveLength(2);
  });
});
