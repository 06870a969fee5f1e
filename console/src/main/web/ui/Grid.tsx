import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import type { Cell, Column } from '../api/types';
import css from './Grid.module.css';
import { Button, Copy } from './ui';
import { scrollTo, seenRows, useScroll } from './window';

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

type Place = [row: number, column: number];

/**
 * A table of any size: only the cells that are seen are in the page. A click on a cell, or Enter on the one to which the
 * arrow keys have gone, shows all of it.
 */
export function Grid({ rows, label }: { rows: Rows; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const scroll = useScroll(box);
  const id = useId();
  const [at, move] = useState<Place | null>(null);
  const [shows, show] = useState(false);
  const widths = useMemo(() => measure(rows), [rows]);
  const lefts = useMemo(() => widths.reduce((all, w) => [...all, all.at(-1)! + w], [0]), [widths]);
  const gutter = Math.max(3, String(rows.count).length) * LETTER + 22;
  const seen = seenRows(rows.count, ROW, scroll.top, Math.max(0, scroll.height - ROW));
  const from = Math.max(0, lefts.findIndex((left) => left > scroll.left) - 1);
  const past = lefts.findIndex((left) => left > scroll.left + scroll.width);
  const to = past < 0 ? widths.length : Math.min(past, widths.length);
  const columns = widths.map((_, i) => i).slice(from, to);
  const width = gutter + lefts.at(-1)!;

  const rowsSeen = Math.max(1, Math.floor((scroll.height - ROW) / ROW));
  const go = ([row, column]: Place) => {
    const grid = box.current!;
    const next: Place = [clamp(row, rows.count), clamp(column, widths.length)];
    move(next);
    grid.scrollTop = scrollTo(next[0], rows.count, ROW, grid.scrollTop, Math.max(ROW, grid.clientHeight - ROW));
    const [left, right] = [lefts[next[1]]!, lefts[next[1] + 1]!];
    grid.scrollLeft = Math.min(Math.max(grid.scrollLeft, right - (grid.clientWidth - gutter)), left);
  };
  const onKey = (e: KeyboardEvent) => {
    if (rows.count === 0 || e.altKey || e.metaKey) return;
    const [row, column] = at ?? [seen.first, from];
    const steps: Record<string, Place> = {
      ArrowDown: at ? [row + 1, column] : [row, column],
      ArrowUp: [row - 1, column],
      ArrowRight: at ? [row, column + 1] : [row, column],
      ArrowLeft: [row, column - 1],
      PageDown: [row + rowsSeen, column],
      PageUp: [row - rowsSeen, column],
      Home: [e.ctrlKey ? 0 : row, 0],
      End: [e.ctrlKey ? rows.count - 1 : row, widths.length - 1],
    };
    const step = steps[e.key];
    if (step) go(step);
    else if (e.key === 'Enter' || e.key === ' ') {
      go([row, column]);
      show(!shows || at === null);
    } else if (e.key === 'Escape' && shows) show(false);
    else return;
    e.preventDefault();
  };
  const isSeen = at !== null && at[0] >= seen.first && at[0] < seen.last && at[1] >= from && at[1] < to;

  const cell = (row: number, column: number, value: Cell) => (
    <span
      key={column}
      id={`${id}-${row}-${column}`}
      role="gridcell"
      aria-colindex={column + 2}
      className={css.cell}
      data-null={value === null}
      data-number={isNumber(rows.columns[column]!.type)}
      aria-selected={at?.[0] === row && at[1] === column}
      style={{ left: gutter + lefts[column]!, width: widths[column] }}
      onClick={() => {
        move([row, column]);
        show(true);
      }}
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
        aria-activedescendant={isSeen ? `${id}-${at[0]}-${at[1]}` : undefined}
        tabIndex={0}
        onKeyDown={onKey}
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
      {shows && at && at[0] < rows.count && (
        <Value
          name={rows.columns[at[1]]!.name}
          value={text(rows.row(at[0])[at[1]] ?? null, rows.columns[at[1]]!.type)}
          onClose={() => {
            show(false);
            box.current?.focus();
          }}
        />
      )}
    </div>
  );
}

const clamp = (index: number, count: number) => Math.max(0, Math.min(index, count - 1));

function Value({ name, value, onClose }: { name: string; value: string; onClose: () => void }) {
  return (
    <div className={css.value} role="region" aria-label={`All of ${name}`}>
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
