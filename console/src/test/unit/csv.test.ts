import { describe, expect, it } from 'vitest';
import { CsvRows, fields } from '../../main/web/sql/csv';

const COLUMNS = ['a', 'b', 'c'].map((name) => ({ name, type: 'VARCHAR' }));

function read(text: string, size: number): CsvRows {
  const bytes = new TextEncoder().encode(text);
  const rows = new CsvRows(COLUMNS);
  for (let i = 0; i < bytes.length; i += size) rows.push(bytes.subarray(i, i + size));
  rows.finish();
  return rows;
}

describe('a CSV that comes in pieces', () => {
  const text = 'a,b,c\r\n1,"x, ""y""\nz",\r\n,"",ü€😀\r\n"last",2,3';

  it('has the same rows however it is cut', () => {
    for (let size = 1; size < 60; size++) {
      const rows = read(text, size);
      expect(rows.count).toBe(3);
      expect([0, 1, 2].map((i) => rows.row(i))).toEqual([
        ['1', 'x, "y"\nz', null],
        [null, '', 'ü€😀'],
        ['last', '2', '3'],
      ]);
    }
  });

  it('has no rows when there is only a header, or nothing', () => {
    expect(read('a,b,c\n', 3).count).toBe(0);
    expect(read('', 3).count).toBe(0);
  });

  it('finds any of many rows', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `${i},"r${i}",`).join('\n');
    const rows = read(`a,b,c\n${many}\n`, 4096);
    expect(rows.count).toBe(20_000);
    for (const i of [0, 1, 777, 12_345, 19_999]) expect(rows.row(i)).toEqual([String(i), `r${i}`, null]);
  });

  it('tells NULL from the empty text', () => {
    expect(fields(',"",\n')).toEqual([null, '', null]);
  });
});
