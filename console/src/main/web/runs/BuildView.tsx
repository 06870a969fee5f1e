import { ApiError } from '../api/client';
import { useBuild } from '../api/queries';
import { Link } from '../app/router';
import { count, duration } from '../ui/format';
import { Status } from '../ui/Status';
import { Ago, Empty, Head, Loaded, Panel, useNow, Wide } from '../ui/ui';
import { Gantt } from './Gantt';
import css from './RunView.module.css';
import { tableBar, Why } from './RunView';
import { ran } from './times';

/** A build of tables: by a flow, by somebody in the console, or by `towpath run`. */
export default function BuildView({ id = '' }: { id?: string }) {
  const whole = useBuild(id);
  const now = useNow();
  const build = whole.data?.build;
  if (whole.error instanceof ApiError && whole.error.status === 404) {
    return <Empty title="There is no such build any more" />;
  }
  return (
    <>
      <Head
        title={
          <span className={css.title}>
            {build ? build.select.join(' ') || 'everything' : 'Build'} {build && <Status state={build.state} />}
          </span>
        }
      >
        <code>{id}</code>
      </Head>
      <div className={css.body}>
        {build?.message && <Why message={build.message} bad={build.state === 'FAILED'} />}
        {build && (
          <dl className={css.facts}>
            <div>
              <dt>Started</dt>
              <dd>
                <Ago at={build.started} />
              </dd>
            </div>
            <div>
              <dt>Ran</dt>
              <dd>{duration(ran(build, now)!)}</dd>
            </div>
            {build.release !== null && (
              <div>
                <dt>Published</dt>
                <dd>
                  <Link to={`/releases?on=${build.release}`}>release {build.release}</Link>
                </dd>
              </div>
            )}
          </dl>
        )}
        <Loaded of={{ data: whole.data?.tables, error: whole.error }}>
          {(all) =>
            all.length === 0 ? (
              <p className="muted">No table is through yet.</p>
            ) : (
              <>
                <Panel title="When">
                  <Gantt
                    bars={all.map((t) => ({ ...tableBar(t), depth: 0 }))}
                    from={build?.started ?? all[0]!.started}
                  />
                </Panel>
                <Panel title="What came of it">
                  <Wide label="What came of it">
                    <table className={css.table}>
                      <thead>
                        <tr>
                          <th>Table</th>
                          <th className="right">Rows</th>
                          <th>Why it was built</th>
                          <th>What happened</th>
                        </tr>
                      </thead>
                      <tbody>
                        {all.map((t) => (
                          <tr key={t.table}>
                            <td>
                              <Link to={`/catalog/${encodeURIComponent(t.table)}`}>{t.table}</Link>
                            </td>
                            <td className="right">{t.rows === null ? '–' : count(t.rows)}</td>
                            <td>{t.reason}</td>
                            <td>{t.message ?? '–'}</td>
                          </tr>
                        ))}
                      </tbody>
                    </table>
                  </Wide>
                </Panel>
              </>
            )
          }
        </Loaded>
      </div>
    </>
  );
}
