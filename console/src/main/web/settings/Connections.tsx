import { useQuery } from '@tanstack/react-query';
import { askJson } from '../api/client';
import type { Connections as All } from '../api/types';
import { Link } from '../app/router';
import { Code, Empty, Loaded, Panel, Wide } from '../ui/ui';
import css from './settings.module.css';

const useConnections = () => useQuery({ queryKey: ['connections'], queryFn: () => askJson<All>('/connections') });

/** Where rows come from and go to. Files declare it; secrets stay with the server. */
export function Connections() {
  return (
    <Loaded of={useConnections()}>
      {({ sources, exports, stores }) => (
        <div className={css.body}>
          <Panel title={`Sources ${sources.length}`}>
            {sources.length === 0 ? (
              <Empty title="The project reads from nowhere yet">
                Write one: <Code>sources/shop.yml</Code>
              </Empty>
            ) : (
              <Wide label="Sources">
                <table className={css.table}>
                  <thead>
                    <tr>
                      <th>Source</th>
                      <th>Type</th>
                      <th>Settings</th>
                      <th>Tables</th>
                    </tr>
                  </thead>
                  <tbody>
                    {sources.map((s) => (
                      <tr key={s.name}>
                        <th scope="row">
                          {s.name}
                          <br />
                          <small>
                            <code>{s.file}</code>
                          </small>
                        </th>
                        <td>{s.type}</td>
                        <td>
                          <Settings of={s.settings} />
                        </td>
                        <td>
                          {s.tables.map((table) => (
                            <Link key={table} to={`/catalog/${encodeURIComponent(table)}`}>
                              {table}
                            </Link>
                          ))}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Wide>
            )}
          </Panel>
          {exports.length > 0 && (
            <Panel title={`Exports ${exports.length}`}>
              <Wide label="Exports">
                <table className={css.table}>
                  <thead>
                    <tr>
                      <th>Table</th>
                      <th>Goes to</th>
                      <th>How</th>
                      <th>File</th>
                    </tr>
                  </thead>
                  <tbody>
                    {exports.map((e) => (
                      <tr key={`${e.table} ${e.to}`}>
                        <th scope="row">
                          <Link to={`/catalog/${encodeURIComponent(e.table)}`}>{e.table}</Link>
                        </th>
                        <td>
                          <code>{e.to}</code>
                        </td>
                        <td>{e.mode}</td>
                        <td>
                          <code>{e.file}</code>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Wide>
            </Panel>
          )}
          {stores.length > 0 && (
            <Panel title={`Object stores ${stores.length}`}>
              <Wide label="Object stores">
                <table className={css.table}>
                  <thead>
                    <tr>
                      <th>Connection</th>
                      <th>Type</th>
                      <th>Settings</th>
                    </tr>
                  </thead>
                  <tbody>
                    {stores.map((s) => (
                      <tr key={s.name}>
                        <th scope="row">{s.name}</th>
                        <td>{s.type}</td>
                        <td>
                          <Settings of={s.settings} />
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </Wide>
            </Panel>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Settings({ of }: { of: Record<string, string> }) {
  return (
    <dl className={css.settings}>
      {Object.entries(of).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <code>{value}</code>
          </dd>
        </div>
      ))}
    </dl>
  );
}
