import { useMemo, useRef, useState } from 'react';
import type { Cell } from '../api/types';
import { Link } from '../app/router';
import { count } from '../ui/format';
import { isNumber, text } from '../ui/Grid';
import { Icon } from '../ui/icons';
import { seenRows, usePrinting, useScroll } from '../ui/window';
import css from './dashboards.module.css';
import { useSource } from './source';
import type { Answer, Block, TableColumn } from './types';
import { show, target } from './values';

const ROW = 32;
const ALL = 60; // rows that are simply there
const PRINTED = 100; // rows on paper, unless the file says how many are seen at once
const KEPT = 1_000; // rows in a file that stands for itself
const SHORT = 300; // letters of a value that a cell shows
const LETTER = 7.4;

interface Sorted {
  column: number;
  down: boolean;
}

/** A table that people read: names, formats and links as its file says, sorted by a click on a head. */
export function DataTable({
  answer,
  block,
  label,
  height,
  marked,
  onMark,
}: {
  answer: Pick<Answer, 'columns' | 'rows'>;
  block: Block;
  label: string;
  height: number;
  /** Whether a row is of what a filter is set to. */
  marked?: (row: number) => boolean;
  onMark?: (row: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const scroll = useScroll(box);
  const [sorted, sort] = useState<Sorted | null>(null);
  const { live } = useSource();
  const columns = useMemo(() => shownColumns(block, answer), [block, answer]);
  const order = useMemo(() => ordered(answer, sorted), [answer, sorted]);
  const printing = usePrinting();
  const few = order.length <= ALL || printing || !live;
  const most = printing ? (block.page ?? PRINTED) : KEPT;
  const seen = few
    ? { first: 0, last: Math.min(order.length, most), height: 0, offset: 0 }
    : seenRows(order.length, ROW, scroll.top, Math.max(ROW, scroll.height - ROW));
  const widths = useMemo(() => (few ? null : measure(columns, answer)), [few, columns, answer]);

  return (
    <div
      ref={box}
      className={css.table}
      style={printing ? {} : few ? { maxHeight: height } : { height }}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <table aria-rowcount={order.length + 1} style={widths ? { width: sum(widths), minWidth: '100%' } : {}}>
        {widths && (
          <colgroup>
            {widths.map((width, i) => (
              <col key={i} style={{ width }} />
            ))}
          </colgroup>
        )}
        <thead>
          <tr>
            {columns.map(({ at, title, number }) => (
              <th
                key={at}
                scope="col"
                data-number={number}
                aria-sort={sorted?.column === at ? (sorted.down ? 'descending' : 'ascending') : undefined}
              >
                {live ? (
                  <button type="button" onClick={() => sort(nextOrder(sorted, at, number))}>
                    {title}
                    {sorted?.column === at && <Icon name={sorted.down ? 'down' : 'up'} size={12} />}
                  </button>
                ) : (
                  title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {!few && seen.first > 0 && <Space height={seen.first * ROW} columns={columns.length} />}
          {order.slice(seen.first, seen.last + (few ? 0 : 2)).map((row, i) => (
            <tr
              key={row}
              aria-rowindex={seen.first + i + 2}
              data-marked={marked?.(row)}
              data-clicks={onMark !== undefined}
              onClick={(e) => !(e.target as Element).closest('a, button') && onMark?.(row)}
            >
              {columns.map((column, c) => (
                <td key={column.at} data-number={column.number}>
                  <Value
                    answer={answer}
                    row={answer.rows[row]!}
                    column={column}
                    onMark={c === 0 && onMark ? () => onMark(row) : undefined}
                    marked={marked?.(row) ?? false}
                  />
                </td>
              ))}
            </tr>
          ))}
          {!few && <Space height={Math.max(0, (order.length - seen.last - 2) * ROW)} columns={columns.length} />}
        </tbody>
      </table>
      {few && order.length > most && (
        <p className={css.more}>
          {count(order.length - most)} more rows are not shown here; CSV and Excel have all of them.
        </p>
      )}
    </div>
  );
}

const Space = ({ height, columns }: { height: number; columns: number }) =>
  height === 0 ? null : (
    <tr aria-hidden="true" className={css.space}>
      <td colSpan={columns} style={{ height }} />
    </tr>
  );

interface Shown extends TableColumn {
  at: number;
  title: string;
  type: string;
  number: boolean;
}

type Described = Pick<Block, 'columns'> & Partial<Pick<Block, 'type' | 'format' | 'encoding'>>;

/** The columns that a block names, in its order; all when it names none. */
export function shownColumns(block: Described, answer: Pick<Answer, 'columns'>): Shown[] {
  const named: TableColumn[] = block.columns?.length ? block.columns : answer.columns.map((c) => ({ name: c.name }));
  return named.flatMap((column) => {
    const at = answer.columns.findIndex((c) => c.name === column.name);
    if (at < 0) return [];
    const { type } = answer.columns[at]!;
    const format = column.format ?? formatOf(block, column.name, type);
    return [{ ...column, format, at, type, title: column.label || column.name, number: isNumber(type) }];
  });
}

const DATES = ['date', 'datetime', 'month'];

/** The format of a whole table, for the columns that it fits: of a pivot, those that hold its cells. */
function formatOf({ type, format, encoding }: Described, name: string, of: string): string | null {
  if (!format || (type === 'pivot' && encoding?.rows?.includes(name))) return null;
  return (DATES.includes(format) ? /^(DATE|TIMESTAMP)/.test(of) : isNumber(of)) ? format : null;
}

/** Numbers come largest first, since that is what one looks for; the third click is the order of the query. */
export function nextOrder(now: Sorted | null, column: number, number: boolean): Sorted | null {
  if (now?.column !== column) return { column, down: number };
  return now.down === number ? { column, down: !number } : null;
}

/** The order of rows: NULL is always last. */
export function ordered({ columns, rows }: Pick<Answer, 'columns' | 'rows'>, sorted: Sorted | null): number[] {
  const order = rows.map((_, i) => i);
  if (!sorted) return order;
  const { column, down } = sorted;
  const number = isNumber(columns[column]!.type);
  const compare = (a: Cell, b: Cell) => (number ? Number(a) - Number(b) : text(a).localeCompare(text(b)));
  return order.sort((i, j) => {
    const [a, b] = [rows[i]![column] ?? null, rows[j]![column] ?? null];
    if (a === null || b === null) return a === b ? i - j : a === null ? 1 : -1;
    return (down ? compare(b, a) : compare(a, b)) || i - j;
  });
}

const sum = (all: number[]) => all.reduce((a, b) => a + b, 0);

function measure(columns: Shown[], { rows }: Pick<Answer, 'rows'>): number[] {
  return columns.map((column) => {
    const longest = rows
      .slice(0, 200)
      .reduce((most, row) => Math.max(most, show(row[column.at] ?? null, column.format, column.type).length), 0);
    return Math.round(Math.min(48, Math.max(4, longest, column.title.length + 2)) * LETTER + 26);
  });
}

function Value({
  answer,
  row,
  column,
  onMark,
  marked,
}: {
  answer: Pick<Answer, 'columns'>;
  row: Cell[];
  column: Shown;
  onMark?: () => void;
  marked: boolean;
}) {
  const { leads: goes } = useSource();
  const cell = row[column.at] ?? null;
  const said = <bdi>{show(cell, column.format, column.type).slice(0, SHORT)}</bdi>;
  const leads = column.link ? target(column.link, answer.columns, row) : null;
  if (leads && 'href' in leads) {
    return (
      <a href={leads.href} target="_blank" rel="noopener noreferrer">
        {said}
      </a>
    );
  }
  if (leads && goes) return <Link to={leads.to}>{said}</Link>;
  if (onMark) {
    return (
      <button type="button" className={css.mark} aria-pressed={marked} onClick={onMark}>
        {said}
      </button>
    );
  }
  return said;
}
