import { useParam } from '../app/router';
import { dateTime } from '../ui/format';
import { More } from '../ui/More';
import { Empty, Loaded, Panel, Search, Wide } from '../ui/ui';
import { useAudit } from './people';
import css from './settings.module.css';

/** Who did what, newest first. */
export function Audit() {
  const [word, setWord] = useParam('q');
  const audit = useAudit(word);
  const entries = audit.data?.pages.flatMap((page) => page.entries);
  return (
    <div className={css.body}>
      <Search label="Filter" value={word} onChange={setWord} />
      <Loaded of={{ data: entries, error: audit.error }}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="Nothing of that is in the log" />
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
                    {all.map((e) => (
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
      <More what="entries" pages={audit} />
    </div>
  );
}
