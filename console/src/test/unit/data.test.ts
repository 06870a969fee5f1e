import { describe, expect, it } from 'vitest';
import type { Cell, Column } from '../../main/web/api/types';
import { counts, countsSql, quoted, spread, spreadSql, table } from '../../main/web/catalog/profile';
import { figureOf, position, suggest } from '../../main/web/sql/chartData';

const column = (name: string, type: string) => ({ name, type });
const result = (rows: unknown[][]) => ({ columns: [], rows: rows as never, truncated: false, release: 1 });

describe('a profile', () => {
  it('quotes whatever a name has in it', () => {
    expect(quoted('a"b')).toBe('"a""b"');
    expect(table('my schema.t.able')).toBe('"my schema"."t.able"');
  });
  it('reads the figures of each column', () => {
    const columns = [column('n', 'INTEGER'), column('l', 'INTEGER[]')];
    expect(countsSql('s.t', columns)).toContain('count("l") AS f1_0, NULL AS f1_1');
    expect(counts(columns, result([[10, 8, 3, '1', '9', 10, null, null, null]]))).toMatchObject([
      { rows: 10, nulls: 2, distinct: 3, least: '1', most: '9' },
      { rows: 10, nulls: 0, distinct: 0, least: null },
    ]);
  });
  it('has a bar for each range, those without rows too', () => {
    const shares = spread(
      column('n', 'DOUBLE'),
      result([
        [0, 5, 0, 100],
        [19, 7, 0, 100],
      ]),
    );
    expect(shares).toHaveLength(20);
    expect(shares[0]).toEqual({ label: '0 to 5', rows: 5 });
    expect(shares[1]!.rows).toBe(0);
    expect(shares[19]!.rows).toBe(7);
  });
  it('has one bar when all values are the same, and none fails without rows', () => {
    expect(spread(column('n', 'DOUBLE'), result([[19, 5, 3, 3]]))).toEqual([{ label: '3', rows: 5 }]);
    expect(spread(column('n', 'DOUBLE'), result([]))).toEqual([{ label: '0', rows: 0 }]);
    expect(spreadSql('s.t', column('d', 'DATE'))).toContain('epoch("d")');
  });
});

describe('a chart', () => {
  it('suggests itself', () => {
    expect(suggest([column('day', 'DATE'), column('n', 'BIGINT')])).toEqual({ mark: 'line', x: 0, ys: [1] });
    expect(suggest([column('n', 'BIGINT'), column('name', 'VARCHAR')])).toEqual({ mark: 'bar', x: 1, ys: [0] });
    expect(suggest([column('a', 'DOUBLE'), column('b', 'DECIMAL(4,1)')])).toEqual({ mark: 'scatter', x: 0, ys: [1] });
    expect(suggest([column('name', 'VARCHAR')])).toBeNull();
  });
  it('is a figure of the columns that are chosen, lines from left to right', () => {
    const rows = (columns: Column[], all: Cell[][]) => ({ columns, count: all.length, row: (i: number) => all[i]! });
    const days = rows(
      [column('day', 'DATE'), column('n', 'BIGINT'), column('m', 'DECIMAL(4,1)')],
      [
        ['2026-01-02', 2, '2.5'],
        ['2026-01-01', 1, null],
        ['2026-01-03', 3, '3.5'],
      ],
    );
    const line = figureOf(days, { mark: 'line', x: 0, ys: [1, 2] }, 10);
    expect(line.data).toMatchObject([
      { type: 'scatter', name: 'n', x: ['2026-01-01', '2026-01-02', '2026-01-03'], y: [1, 2, 3] },
      { type: 'scatter', name: 'm', y: [null, 2.5, 3.5] },
    ]);
    expect(line.layout).toMatchObject({ xaxis: { title: { text: 'day' }, type: 'date' } });
    const bars = figureOf(days, { mark: 'bar', x: 0, ys: [1] }, 2);
    expect(bars.data).toMatchObject([{ type: 'bar', x: ['2026-01-02', '2026-01-01'], y: [2, 1] }]);
    const named = rows([column('name', 'VARCHAR'), column('n', 'BIGINT')], [[null, 1]]);
    expect(figureOf(named, { mark: 'bar', x: 0, ys: [1] }, 2)).toMatchObject({
      data: [{ x: ['NULL'] }],
      layout: { xaxis: { type: 'category' } },
    });
  });
  it('takes times of all kinds as UTC unless they say their zone', () => {
    expect(position('2013-01-02', 'DATE')).toBe(Date.parse('2013-01-02T00:00:00Z'));
    expect(position('2013-01-02 03:04:05', 'TIMESTAMP')).toBe(Date.parse('2013-01-02T03:04:05Z'));
    expect(position('2013-01-02T03:04:05Z', 'TIMESTAMP WITH TIME ZONE')).toBe(Date.parse('2013-01-02T03:04:05Z'));
    expect(position('12.5', 'DECIMAL(4,1)')).toBe(12.5);
    expect(position('x', 'VARCHAR')).toBeNull();
  });
});
