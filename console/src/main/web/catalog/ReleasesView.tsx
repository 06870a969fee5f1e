import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Fragment, useEffect, useState } from 'react';
import { post } from '../api/client';
import { useRelease, useReleases } from '../api/queries';
import { useMay } from '../api/session';
import type { Release, ReleaseTable } from '../api/types';
import { Link, setParams, useParam } from '../app/router';
import { bytes, count, list, plural, words } from '../ui/format';
import { Ago, Button, Code, Dialog, Empty, Failure, Head, Loaded, Panel, Skeleton, Wide } from '../ui/ui';
import css from './catalog.module.css';
import { change } from './HistoryPanel';
import { RowsDiff } from './RowsDiff';

type Pages = ReturnType<typeof useReleases>;

export default function ReleasesView() {
  const pages = useReleases();
  return (
    <>
      <Head title="Releases">Each is one published state of all tables. Nothing half-done is ever in one.</Head>
      <Loaded of={pages}>
        {(releases) =>
          releases.length === 0 ? (
            <Empty title="Nothing has been published yet">
              <Code>towpath run</Code>
            </Empty>
          ) : (
            <Releases releases={releases} pages={pages} />
          )
        }
      </Loaded>
    </>
  );
}

function Releases({ releases, pages }: { releases: Release[]; pages: Pages }) {
  const [on] = useParam('on');
  const [against] = useParam('against');
  const head = releases[0]!;
  const rolls = useMay('admin');
  const wanted = on === '' ? head.release : Number(on);
  const shown = releases.find((r) => r.release === wanted);
  const older = releases.filter((r) => r.release < wanted);
  const base = against === '' ? older[0] : older.find((r) => String(r.release) === against);
  // pages come until those are there that are looked at: the one chosen, and one to hold it against
  const missing = shown === undefined ? wanted < releases.at(-1)!.release : base === undefined;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = pages;
  const seeks = missing && hasNextPage && !isFetchNextPageError;
  useEffect(() => {
    if (seeks && !isFetchingNextPage) void fetchNextPage();
  }, [seeks, isFetchingNextPage, fetchNextPage]);
  return (
    <div className={css.releases}>
      <ol className={css.timeline}>
        {releases.map((r) => (
          <li key={r.release}>
            <button
              type="button"
              aria-pressed={r === shown}
              onClick={() => setParams({ on: String(r.release), against: '', rows: '' })}
            >
              <strong>{r.release}</strong>
              <span className="truncate">
                {r.note || words(r.kind)}
                <small>
                  {plural(r.changed, 'table')} changed, <Ago at={r.published} />
                </small>
              </span>
              {r === head && <em>now</em>}
            </button>
          </li>
        ))}
        {hasNextPage && (
          <li>
            <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Older releases
            </Button>
          </li>
        )}
      </ol>
      <div className={css.body}>
        {isFetchNextPageError && <Failure error={pages.error!} />}
        {seeks ? (
          <Skeleton />
        ) : shown === undefined ? (
          <Empty title={`There is no release ${on}`}>It was never published, or has been cleared away.</Empty>
        ) : (
          <Panel
            title={`Release ${shown.release}`}
            actions={
              <span className={css.actions}>
                {older.length > 0 && (
                  <label>
                    against{' '}
                    <select value={base?.release ?? ''} onChange={(e) => setParams({ against: e.target.value })}>
                      {base === undefined && <option value="">–</option>}
                      {older.map((r) => (
                        <option key={r.release}>{r.release}</option>
                      ))}
                    </select>
                  </label>
                )}
                {shown !== head && rolls && <Rollback release={shown} />}
              </span>
            }
          >
            {base === undefined && against !== '' ? (
              <Empty title={`There is no release ${against} before it`} />
            ) : (
              <Difference now={shown.release} before={base?.release ?? null} />
            )}
          </Panel>
        )}
      </div>
    </div>
  );
}

type Change = [name: string, now: ReleaseTable | undefined, before: ReleaseTable | undefined];

/** What two releases have different: by versions, which name contents. */
export function differences(now: ReleaseTable[], before: ReleaseTable[]): Change[] {
  const old = new Map(before.map((t) => [t.name, t]));
  const fresh = new Map(now.map((t) => [t.name, t]));
  return [...new Set([...fresh.keys(), ...old.keys()])]
    .sort()
    .map((name): Change => [name, fresh.get(name), old.get(name)])
    .filter(([, a, b]) => a?.version !== b?.version);
}

function Difference({ now, before }: { now: number; before: number | null }) {
  const [rows] = useParam('rows');
  const newer = useRelease(now);
  const older = useRelease(before);
  const both =
    newer.data && (before === null || older.data) ? [newer.data.tables, older.data?.tables ?? []] : undefined;
  return (
    <Loaded of={{ data: both, error: newer.error ?? older.error }}>
      {([a, b]) => {
        const changes = differences(a!, b!);
        if (changes.length === 0) return <Empty title={`Its tables are those of release ${before}`} />;
        return (
          <Wide label="What changed">
            <table className={css.table}>
              <thead>
                <tr>
                  <th>Table</th>
                  <th>What happened</th>
                  <th className="right">Rows</th>
                  <th className="right">Change</th>
                  <th className="right">Size</th>
                  <th>
                    <span className="visually-hidden">Rows that differ</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {changes.map(([name, table, old]) => (
                  <Fragment key={name}>
                    <tr>
                      <th scope="row">
                        <Link to={`/catalog/${encodeURIComponent(name)}?tab=history`}>{name}</Link>
                      </th>
                      <td>{old === undefined ? 'new' : table === undefined ? 'gone' : 'changed'}</td>
                      <td className="right">{table?.rows == null ? '–' : count(table.rows)}</td>
                      <td className="right">{old ? change(table?.rows, old.rows) : '–'}</td>
                      <td className="right">{table ? bytes(table.bytes) : '–'}</td>
                      <td>
                        {before !== null && old && table && table.kind !== 'view' && (
                          <Button
                            look="quiet"
                            icon={rows === name ? 'down' : 'right'}
                            aria-expanded={rows === name}
                            onClick={() => setParams({ rows: rows === name ? '' : name })}
                          >
                            Rows<span className="visually-hidden"> of {name}</span>
                          </Button>
                        )}
                      </td>
                    </tr>
                    {rows === name && before !== null && (
                      <tr>
                        <td colSpan={6} className={css.inside}>
                          <RowsDiff table={name} from={before} to={now} />
                        </td>
                      </tr>
                    )}
                  </Fragment>
                ))}
              </tbody>
            </table>
          </Wide>
        );
      }}
    </Loaded>
  );
}

function Rollback({ release }: { release: Release }) {
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const roll = useMutation({
    mutationFn: () => post<{ release: Release; paused: string[] }>('/rollback', { to: release.release }),
    onSuccess: () => void client.invalidateQueries(),
  });
  const close = () => {
    setOpen(false);
    if (roll.data) setParams({ on: '', against: '' });
    roll.reset();
  };
  return (
    <>
      <Button icon="retry" onClick={() => setOpen(true)}>
        Roll back to it
      </Button>
      <Dialog title={`Roll back to release ${release.release}`} open={open} onClose={close}>
        {roll.data ? (
          <>
            <p>
              Release {roll.data.release.release} is published, with what release {release.release} had.
            </p>
            {roll.data.paused.length > 0 && (
              <p>
                Paused, since they write what was taken back: {list(roll.data.paused)}. Resume them when the cause is
                mended.
              </p>
            )}
            <Button look="primary" onClick={close}>
              Done
            </Button>
          </>
        ) : (
          <>
            <p>
              A new release will have what release {release.release} had, for everybody who reads. Flows that write what
              is taken back are paused. Nothing is deleted: one can go forward again.
            </p>
            {roll.error && <Failure error={roll.error} />}
            <Button look="danger" disabled={roll.isPending} onClick={() => roll.mutate()}>
              Roll back
            </Button>
          </>
        )}
      </Dialog>
    </>
  );
}
