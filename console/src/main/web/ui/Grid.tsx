import { useMemo, useRef, useState } from 'react';
import type { Cell, Column } from '../api/types';
import css from './Grid.module.css';
import { Button, Copy } from './ui';
import { seenRows, useScroll } from './window';

/** Rows of a result, wherever they are kept. */
export interface Rows {
  columns: Column[];
  count: number;
  row(index: number): Cell[];
}

const ROW = 26;
const LETTER = 7.7;
const LOOKED_AT = 60;
const SHORT = 200; // letters of a value that are shown in its cell
const WHOLE = 100_000; // and below the rows

export const isNumber = (type: string) =>
  /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(\d+, ?\d+\))$/.test(type);

/** A value as people read it; decimals have all the places of their type. */
export function text(cell: Cell, type = ''): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'number') {
    const places = /^DECIMAL\(\d+, ?(\d+)\)$/.exec(type)?.[1];
    return places ? cell.toFixed(Number(places)) : String(cell);
  }
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

/** A table of any size: only the cells that are seen are in the page. A click on a cell shows all of it. */
export function Grid({ rows, label }: { rows: Rows; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const scroll = useScroll(box);
  const [chosen, choose] = useState<[number, number] | null>(null);
  const widths = useMemo(() => measure(rows), [rows]);
  const lefts = useMemo(() => widths.reduce((all, w) => [...all, all.at(-1)! + w], [0]), [widths]);
  const gutter = Math.max(3, String(rows.count).length) * LETTER + 22;
  const seen = seenRows(rows.count, ROW, scroll.top, Math.max(0, scroll.height - ROW));
  const from = Math.max(0, lefts.findIndex((left) => left > scroll.left) - 1);
  const past = lefts.findIndex((left) => left > scroll.left + scroll.width);
  const to = past < 0 ? widths.length : Math.min(past, widths.length);
  const columns = widths.map((_, i) => i).slice(from, to);
  const width = gutter + lefts.at(-1)!;

  const cell = (row: number, column: number, value: Cell) => (
    <span
      key={column}
      role="gridcell"
      aria-colindex={column + 2}
      className={css.cell}
      data-null={value === null}
      data-number={isNumber(rows.columns[column]!.type)}
      data-chosen={chosen?.[0] === row && chosen[1] === column}
      style={{ left: gutter + lefts[column]!, width: widths[column] }}
      onClick={() => choose([row, column])}
    >
      {text(value, rows.columns[column]!.type).slice(0, SHORT)}
    </span>
  );

  return (
    <div className={css.frame}>
      <div
        ref={box}
        className={css.grid}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.count + 1}
        aria-colcount={rows.columns.length + 1}
        tabIndex={0}
      >
        <div className={css.head} role="row" aria-rowindex={1} style={{ width }}>
          <span role="columnheader" className={css.number} style={{ width: gutter }}>
            <span className="visually-hidden">Row</span>
          </span>
          {columns.map((i) => (
            <span
              key={i}
              role="columnheader"
              aria-colindex={i + 2}
              className={css.cell}
              data-number={isNumber(rows.columns[i]!.type)}
              style={{ left: gutter + lefts[i]!, width: widths[i] }}
              title={`${rows.columns[i]!.name}: ${rows.columns[i]!.type}`}
            >
              {rows.columns[i]!.name}
              <small>{rows.columns[i]!.type.toLowerCase()}</small>
            </span>
          ))}
        </div>
        <div style={{ height: seen.height, width }}>
          <div className={css.rows} style={{ transform: `translateY(${seen.offset}px)` }}>
            {Array.from({ length: seen.last - seen.first }, (_, i) => {
              const index = seen.first + i;
              const values = rows.row(index);
              return (
                <div
                  key={index}
                  role="row"
                  aria-rowindex={index + 2}
                  className={css.row}
                  style={{ top: i * ROW, width }}
                >
                  <span role="rowheader" className={css.number} style={{ width: gutter }}>
                    {index + 1}
                  </span>
                  {columns.map((column) => cell(index, column, values[column] ?? null))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
      {chosen && chosen[0] < rows.count && (
        <Value
          name={rows.columns[chosen[1]]!.name}
          value={text(rows.row(chosen[0])[chosen[1]] ?? null, rows.columns[chosen[1]]!.type)}
          onClose={() => choose(null)}
        />
      )}
    </div>
  );
}

function Value({ name, value, onClose }: { name: string; value: string; onClose: () => void }) {
  return (
    <div className={css.value}>
      <strong>{name}</strong>
      <pre tabIndex={0}>
        {value.slice(0, WHOLE)}
        {value.length > WHOLE && `… (${value.length.toLocaleString()} letters)`}
      </pre>
      <Copy text={value} label="Copy the value" />
      <Button icon="close" look="quiet" aria-label="Close" onClick={onClose} />
    </div>
  );
}

/** Wide enough for the names and most of the values that come first. */
function measure(rows: Rows): number[] {
  const looked = Array.from({ length: Math.min(LOOKED_AT, rows.count) }, (_, i) => rows.row(i));
  return rows.columns.map((column, i) => {
    const name = column.name.length + Math.min(14, column.type.length) * 0.85 + 1;
    const longest = Math.max(name, ...looked.map((row) => Math.min(40, text(row[i] ?? null).length)));
    return Math.round(Math.min(40, Math.max(5, longest)) * LETTER + 22);
  });
}
