import { useState } from 'react';
import { ApiError } from '../api/client';
import { useRowsDiff, useTable } from '../api/queries';
import type { Cell, Column, RowsDiff as Diff } from '../api/types';
import { count, plural } from '../ui/format';
import { text } from '../ui/Grid';
import { Button, Failure, Skeleton, Wide } from '../ui/ui';
import css from './catalog.module.css';

/** Which rows of a table came, went and changed from one release to another, told apart by a key. */
export function RowsDiff({ table, from, to }: { table: string; from: number; to: number }) {
  const [key, setKey] = useState('');
  const { data, error } = useRowsDiff(table, from, to, key, true);
  const columns = useTable(table).data?.columns ?? [];
  const noKey = error instanceof ApiError && error.mistakes.some((m) => m.name === 'key');
  return (
    <div className={css.diff}>
      {(noKey || key !== '') && <KeyPicker columns={columns} chosen={key} onChoose={setKey} />}
      {error && !noKey && <Failure error={error} />}
      {data ? <Changes diff={data} table={table} /> : !error && <Skeleton rows={3} />}
    </div>
  );
}

/** Asked when no file says what a row is known by. */
function KeyPicker({
  columns,
  chosen,
  onChoose,
}: {
  columns: Column[];
  chosen: string;
  onChoose: (key: string) => void;
}) {
  const [ticked, tick] = useState(chosen === '' ? [] : chosen.split(','));
  return (
    <fieldset className={css.keys}>
      <legend>What is a row known by?</legend>
      {columns.map((c) => (
        <label key={c.name}>
          <input
            type="checkbox"
            checked={ticked.includes(c.name)}
            onChange={(e) => tick(e.target.checked ? [...ticked, c.name] : ticked.filter((name) => name !== c.name))}
          />
          {c.name}
        </label>
      ))}
      <Button disabled={ticked.length === 0} onClick={() => onChoose(ticked.join(','))}>
        Compare
      </Button>
    </fieldset>
  );
}

const SIGNS = { added: '+', removed: '−', changed: '~' } as const;
const CELL = 120;

const shown = (cell: Cell, column: Column) => text(cell, column.type).slice(0, CELL);

/** The columns worth showing: the key, and those that differ in a row that changed. */
export function telling({ columns, key, rows }: Diff): number[] {
  const n = columns.length;
  const whole = rows.some((row) => row[0] !== 'changed');
  return columns.flatMap((column, i) => {
    const differs = rows.some((row) => text(row[1 + i] ?? null) !== text(row[1 + n + i] ?? null));
    return key.includes(column.name) || whole || differs ? [i] : [];
  });
}

function Changes({ diff, table }: { diff: Diff; table: string }) {
  const { columns, key, rows, added, removed, changed } = diff;
  const n = columns.length;
  const total = added + removed + changed;
  if (total === 0) return <p className={css.note}>Every row is the same in both.</p>;
  const seen = telling(diff);
  return (
    <>
      <p className={css.note}>
        {plural(added, 'row')} came, {count(removed)} went, {count(changed)} changed, told apart by {key.join(', ')}.
        {total > rows.length && ` The first ${count(rows.length)} are shown.`}
      </p>
      <Wide label={`Rows of ${table} that differ`}>
        <table className={css.table}>
          <thead>
            <tr>
              <th>What</th>
              {seen.map((i) => (
                <th key={i}>{columns[i]!.name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => {
              const what = row[0] as keyof typeof SIGNS;
              return (
                <tr key={r} data-change={what}>
                  <th scope="row">
                    <span aria-hidden="true">{SIGNS[what]} </span>
                    {what}
                  </th>
                  {seen.map((i) => {
                    const column = columns[i]!;
                    const [before, after] = [row[1 + i] ?? null, row[1 + n + i] ?? null];
                    const differs = what === 'changed' && text(before) !== text(after);
                    return (
                      <td key={i}>
                        {differs ? (
                          <>
                            <del>{shown(before, column)}</del> <ins>{shown(after, column)}</ins>
                          </>
                        ) : (
                          shown(what === 'removed' ? before : after, column)
                        )}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Wide>
    </>
  );
}
