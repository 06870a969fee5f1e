import { useCheckHistory } from '../api/queries';
import type { CheckedRun, TableDetail } from '../api/types';
import { count, dateTime, plural } from '../ui/format';
import { Icon } from '../ui/icons';
import { Ago, Code, Empty, Wide } from '../ui/ui';
import css from './catalog.module.css';

const RESULTS = { passed: ['check', 'ok'], warned: ['warning', 'warn'], failed: ['failed', 'bad'] } as const;

type Result = keyof typeof RESULTS;

/** What is checked before the table is published, and what came of it lately. */
export function ChecksPanel({ detail }: { detail: TableDetail }) {
  const history = useCheckHistory(detail.name).data ?? [];
  if (detail.checks.length === 0) {
    return (
      <Empty title="Nothing is checked before it is published">
        Add to {detail.file}: <Code>checks: [not_null(id), unique(id)]</Code>
      </Empty>
    );
  }
  return (
    <Wide label="Checks">
      <table className={css.table}>
        <thead>
          <tr>
            <th>Check</th>
            <th>Last result</th>
            <th className="right">Bad rows</th>
            <th>Before, newest last</th>
            <th>Last not passed</th>
          </tr>
        </thead>
        <tbody>
          {detail.checks.map((c) => {
            const past = pastOf(history, c.check);
            const bad = past.find((p) => p.result !== 'passed');
            return (
              <tr key={c.check}>
                <th scope="row">
                  <code>{c.check}</code>
                </th>
                <td>{c.result ? <Outcome result={c.result} /> : <span className="muted">never ran</span>}</td>
                <td className="right">{c.failures === null ? '–' : count(c.failures)}</td>
                <td>
                  <Past past={past} check={c.check} />
                </td>
                <td>{bad ? <Ago at={bad.started} /> : <span className="muted">never, as far as is kept</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Wide>
  );
}

function Outcome({ result }: { result: Result }) {
  return (
    <span className={css.result} data-tone={RESULTS[result][1]}>
      <Icon name={RESULTS[result][0]} /> {result === 'warned' ? 'failed, warns only' : result}
    </span>
  );
}

interface Once {
  started: string;
  result: Result;
  failures: number;
}

/** What one check said, newest first. */
export function pastOf(history: CheckedRun[], check: string): Once[] {
  return history.flatMap(({ started, checks }) => {
    const found = checks.find((c) => c.check === check);
    return found ? [{ started, result: found.result, failures: found.failures }] : [];
  });
}

/** A bar for each run: low when it passed, as high as its bad rows when it did not. */
function Past({ past, check }: { past: Once[]; check: string }) {
  if (past.length === 0) return <span className="muted">–</span>;
  const most = Math.max(1, ...past.map((p) => p.failures));
  const failed = past.filter((p) => p.result !== 'passed').length;
  return (
    <span
      className={css.past}
      role="img"
      aria-label={`${check}: ${failed === 0 ? 'passed' : `${failed} not passed`} in the last ${plural(past.length, 'run')}`}
    >
      {[...past].reverse().map((p) => (
        <i
          key={p.started}
          data-tone={RESULTS[p.result][1]}
          style={{ height: p.result === 'passed' ? 5 : 8 + (12 * p.failures) / most }}
          title={`${dateTime(p.started)}: ${p.result}${p.failures > 0 ? `, ${plural(p.failures, 'bad row')}` : ''}`}
        />
      ))}
    </span>
  );
}
