import { useMemo, useRef } from 'react';
import { useVersioned } from '../api/queries';
import type { Column } from '../api/types';
import { compact, count } from '../ui/format';
import { Loaded, Skeleton } from '../ui/ui';
import { useSeen } from '../ui/window';
import css from './catalog.module.css';
import { counts, countsSql, type Profile, type Share, spread, spreadOf, spreadSql } from './profile';

/** What the columns hold. Computed when it is looked at, and kept for as long as the table stays as it is. */
export function ProfilePanel({ table, version, columns }: { table: string; version: string; columns: Column[] }) {
  const sql = useMemo(() => countsSql(table, columns), [table, columns]);
  return (
    <Loaded of={useVersioned(version, table, { sql })}>
      {(result) => (
        <ul className={css.profiles}>
          {counts(columns, result).map((profile) => (
            <ColumnProfile key={profile.column.name} table={table} version={version} profile={profile} />
          ))}
        </ul>
      )}
    </Loaded>
  );
}

function ColumnProfile({ table, version, profile }: { table: string; version: string; profile: Profile }) {
  const { column, rows, nulls, distinct, least, most } = profile;
  const share = rows === 0 ? 0 : (100 * nulls) / rows;
  const kind = spreadOf(column.type);
  const ref = useRef<HTMLLIElement>(null);
  const seen = useSeen(ref);
  return (
    <li ref={ref} className={css.profile}>
      <header>
        <strong className="truncate">{column.name}</strong>
        <small>{column.type.toLowerCase()}</small>
      </header>
      {seen && kind !== 'none' && rows > nulls && <Spread table={table} version={version} column={column} of={rows} />}
      <dl>
        <dt>Empty</dt>
        <dd data-warn={share > 50}>{nulls === 0 ? 'none' : `${count(nulls)} (${percent(share)})`}</dd>
        {kind !== 'none' && (
          <>
            <dt>Different</dt>
            <dd>about {compact(distinct)}</dd>
          </>
        )}
        {least !== null && (
          <>
            <dt>From</dt>
            <dd className="truncate" title={least}>
              {least.slice(0, 60)}
            </dd>
            <dt>To</dt>
            <dd className="truncate" title={most ?? ''}>
              {most?.slice(0, 60)}
            </dd>
          </>
        )}
      </dl>
    </li>
  );
}

const percent = (share: number) => (share < 0.1 ? '< 0.1 %' : `${share.toFixed(share < 10 ? 1 : 0)} %`);

function Spread({ table, version, column, of }: { table: string; version: string; column: Column; of: number }) {
  const sql = useMemo(() => spreadSql(table, column), [table, column]);
  const { data, error } = useVersioned(version, table, { sql });
  if (error) return <p className="muted">{error.message}</p>;
  if (!data) return <Skeleton rows={2} />;
  const shares = spread(column, data);
  return spreadOf(column.type) === 'value' ? <Values shares={shares} of={of} /> : <Histogram shares={shares} />;
}

function Histogram({ shares }: { shares: Share[] }) {
  const most = Math.max(1, ...shares.map((s) => s.rows));
  const text = shares.map((s) => `${s.label}: ${count(s.rows)}`).join('; ');
  return (
    <div className={css.histogram} role="img" aria-label={`How often: ${text}`}>
      {shares.map((s) => (
        <i key={s.label} title={`${s.label}: ${count(s.rows)} rows`}>
          <b style={{ height: s.rows === 0 ? 0 : `max(2px, ${(100 * s.rows) / most}%)` }} />
        </i>
      ))}
    </div>
  );
}

function Values({ shares, of }: { shares: Share[]; of: number }) {
  return (
    <ol className={css.values}>
      {shares.map((s) => (
        <li key={s.label} title={`${s.label}: ${count(s.rows)} rows`}>
          <i style={{ width: `${(100 * s.rows) / of}%` }} />
          <span className="truncate">{s.label === '' ? '(empty text)' : s.label.slice(0, 80)}</span>
          <span>{percent((100 * s.rows) / of)}</span>
        </li>
      ))}
    </ol>
  );
}
