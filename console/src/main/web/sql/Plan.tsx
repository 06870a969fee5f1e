import { useQuery } from '@tanstack/react-query';
import { plan, type Question } from '../api/queries';
import type { PlanStep } from '../api/types';
import { count, words } from '../ui/format';
import { Empty, Loaded } from '../ui/ui';
import css from './SqlView.module.css';

/** How the database would run a query: steps, the last one first, each with those that it takes its rows from. */
export function Plan({ question }: { question: Question | null }) {
  const found = useQuery({
    queryKey: ['plan', question],
    queryFn: ({ signal }) => plan(question!, signal),
    enabled: question !== null,
    retry: false,
  });
  if (question === null) return <Empty title="Write a query first" />;
  return (
    <Loaded of={found}>
      {({ plan: steps, release }) => (
        <div className={css.plan}>
          <p className="muted">
            How release {release} would be read. Rows flow from the inside out; their numbers are estimates.
          </p>
          <ol>
            {steps.map((step, i) => (
              <Step key={i} step={step} />
            ))}
          </ol>
        </div>
      )}
    </Loaded>
  );
}

const ROWS = 'Estimated Cardinality';

/** What is worth saying of a step, in the order in which the database says it. */
export function details(step: PlanStep): [string, string][] {
  return Object.entries(step.extra_info ?? {}).flatMap(([name, value]): [string, string][] => {
    const text = (Array.isArray(value) ? value.join(', ') : String(value)).trim();
    const ours = name === 'Table' && text.startsWith('towpath_'); // a copy in memory, which has no name for people
    return name === ROWS || name === 'Text' || text === '' || ours ? [] : [[name, text]];
  });
}

/** How many rows are expected of a step. */
export function expected(step: PlanStep): number | null {
  const rows = Number(step.extra_info?.[ROWS]);
  return step.extra_info?.[ROWS] === undefined || !Number.isFinite(rows) ? null : rows;
}

function Step({ step }: { step: PlanStep }) {
  const rows = expected(step);
  return (
    <li>
      <div className={css.step}>
        <strong>{words(step.name.trim())}</strong>
        {rows !== null && <span className="muted">about {count(rows)} rows</span>}
        {details(step).map(([name, text]) => (
          <code key={name} title={text}>
            {name === 'Expressions' || name === 'Projections' ? text : `${name}: ${text}`}
          </code>
        ))}
      </div>
      {(step.children ?? []).length > 0 && (
        <ol>
          {step.children!.map((child, i) => (
            <Step key={i} step={child} />
          ))}
        </ol>
      )}
    </li>
  );
}
