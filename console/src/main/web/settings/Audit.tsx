import { useMemo } from 'react';
import { useParam } from '../app/router';
import { dateTime } from '../ui/format';
import { More } from '../ui/More';
import { Empty, Loaded, Panel, Search, Wide } from '../ui/ui';
import { useAudit } from './people';
import css from './settings.module.css';

/** Who did what, newest first. */
export function Audit() {
  const [typed, setTyped] = useParam('q');
  const audit = useAudit();
  const word = typed.toLowerCase();
  const shown = useMemo(
    () =>
      audit.data?.pages
        .flatMap((page) => page.entries)
        .filter((e) => `${e.who} ${e.action} ${e.subject} ${e.detail}`.toLowerCase().includes(word)),
    [audit.data, word],
  );
  return (
    <div className={css.body}>
      <Search label="Filter" value={typed} onChange={setTyped} />
      <Loaded of={{ data: shown, error: audit.error }}>
        {(entries) =>
          entries.length === 0 ? (
            <Empty
              title={audit.hasNextPage ? 'Nothing of that among the newest entries' : 'Nothing of that is in the log'}
            />
          ) : (
            <Panel>
              <Wide label="Audit log">
                <table className={css.table}>
                  <thead>
                    <tr>
                      <th>When</th>
                      <th>Who</th>
                      <th>Did</th>
                      <th>To</th>
                      <th>Detail</th>
                    </tr>
                  </thead>
                  <tbody>
                    {entries.map((e) => (
                      <tr key={e.id}>
                        <td className={css.when}>{dateTime(e.at)}</td>
                        <td>{e.who}</td>
                        <th scope="row">{e.action}</th>
                        <td className={css.words}>{e.subject}</td>
                        <td className={css.words}>{e.detail}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Wide>
            </Panel>
          )
        }
      </Loaded>
      {audit.hasNextPage && (
        <More what="entries" busy={audit.isFetchingNextPage} onMore={() => void audit.fetchNextPage()} />
      )}
    </div>
  );
}
