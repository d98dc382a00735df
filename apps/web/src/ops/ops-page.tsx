import { useEffect, useState } from 'preact/hooks';
import { Shell } from '../shell/shell.js';
import { useLanguage } from '../texts/language.js';
import { problemText } from '../texts/problem-text.js';
import { consumersOf, type Consumer } from './consumers.js';
import { DeadLettersPanel } from './dead-letters.js';
import { Gate } from './gate.js';
import { forget, Operator, remember, rememberedOperator } from './operator.js';
import { OutboxPanel, QueuesPanel } from './overview.js';
import { ReconcilePanel } from './reconcile.js';
import type { Outbox, Queue } from './types.js';
import { useRefreshed } from './use-refreshed.js';
import '../styles/ops.css';

const NONE: readonly Consumer[] = [];

/** Operations: first the token, then everything on one page. */
export function OpsPage() {
  const { texts } = useLanguage();
  const [operator, setOperator] = useState(rememberedOperator);
  const leave = () => {
    forget();
    setOperator(undefined);
  };
  const enter = (entered: Operator) => {
    remember(entered);
    setOperator(entered);
  };
  return (
    <Shell
      aside={
        operator && (
          <button class="quiet" type="button" onClick={leave}>
            {texts.ops.leave}
          </button>
        )
      }
    >
      {operator ? <Desk operator={operator} onRefused={leave} /> : <Gate onEnter={enter} />}
    </Shell>
  );
}

function Desk({ operator, onRefused }: { operator: Operator; onRefused: () => void }) {
  const { texts, locale } = useLanguage();
  const t = texts.ops;
  const queues = useRefreshed(async () => {
    const { items } = await operator.get<{ items: Queue[] }>('queues');
    return consumersOf(items);
  });
  const outbox = useRefreshed(() => operator.get<Outbox>('outbox'));
  const problem = queues.problem ?? outbox.problem;
  useEffect(() => {
    if (problem?.code === 'unauthenticated') onRefused();
  }, [problem]);

  const consumers = queues.value ?? NONE;
  return (
    <div class="ops">
      <div class="panel-head">
        <h1>{t.heading}</h1>
        <p class="state" role="status" data-alarm={problem !== undefined}>
          {problem ? [problemText(texts, problem, locale), t.stale].join(texts.space) : t.live}
        </p>
      </div>
      <QueuesPanel consumers={consumers} />
      <DeadLettersPanel operator={operator} consumers={consumers} />
      <div class="pair">
        {outbox.value && <OutboxPanel outbox={outbox.value} />}
        <ReconcilePanel operator={operator} />
      </div>
    </div>
  );
}
