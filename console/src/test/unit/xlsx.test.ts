import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CsvRows } from '../../main/web/sql/csv';
import { cell, workbook } from '../../main/web/sql/xlsx';

const column = (name: string, type: string) => ({ name, type });

/** The files of a zip, by its directory. */
function unzip(bytes: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    const [packed, size] = [bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 24)];
    const title = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + title);
    const head = bytes.readUInt32LE(at + 42);
    const data = head + 30 + bytes.readUInt16LE(head + 26) + bytes.readUInt16LE(head + 28);
    const text = inflateRawSync(bytes.subarray(data, data + packed));
    expect(text.length).toBe(size);
    files.set(name, text.toString('utf8'));
    at += 46 + title + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

describe('a workbook', () => {
  it('has numbers as numbers, the rest as text, and nothing for NULL', () => {
    expect(cell(1.5, column('n', 'DOUBLE'))).toBe('<c><v>1.5</v></c>');
    expect(cell('12', column('n', 'BIGINT'))).toBe('<c><v>12</v></c>');
    expect(cell('12345678901234567890', column('n', 'HUGEINT'))).toContain(
      '<t xml:space="preserve">12345678901234567890<',
    );
    expect(cell('=cmd()', column('t', 'VARCHAR'))).toContain('t="inlineStr"');
    expect(cell('a<b>&\u0000c', column('t', 'VARCHAR'))).toContain('a&lt;b&gt;&amp;c');
    expect(cell(null, column('n', 'DOUBLE'))).toBe('<c/>');
  });

  it('is a zip of two sheets: the rows, and what they answer', async () => {
    const rows = new CsvRows([column('n', 'INTEGER'), column('ü', 'VARCHAR')]);
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},wörd ${i}\n`);
    rows.push(new TextEncoder().encode(`n,ü\n${lines.join('')}`));
    const bytes = Buffer.from(await (await workbook(rows, [['SQL', 'SELECT 1']])).arrayBuffer());
    const files = unzip(bytes);
    expect(files.get('xl/worksheets/sheet1.xml')).toContain('<v>29999</v>');
    expect(files.get('xl/worksheets/sheet1.xml')!.match(/<row>/g)).toHaveLength(30_001);
    expect(files.get('xl/worksheets/sheet2.xml')).toContain('SELECT 1');
    expect([...files.keys()][0]).toBe('[Content_Types].xml');
  });

  it('has checksums that other programs believe', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xlsx'));
    try {
      const rows = { columns: [column('n', 'INTEGER')], count: 1, row: () => [1] };
      writeFileSync(join(folder, 'a.zip'), Buffer.from(await (await workbook(rows, [])).arrayBuffer()));
      const script = 'import sys, zipfile; assert zipfile.ZipFile(sys.argv[1]).testzip() is None; print("good")';
      expect(execFileSync('python3', ['-c', script, join(folder, 'a.zip')]).toString()).toBe('good\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
