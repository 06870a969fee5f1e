import type { Column } from '../api/types';
import { isNumber, type Rows, text } from '../ui/Grid';

/**
 * A workbook for Excel and its like: the rows, and a second sheet that says which query they answer. It is written sheet
 * by sheet and packed by the browser, so that no library is needed.
 */
export const MOST_ROWS = 1_048_575; // besides the header
const MOST_LETTERS = 32_767;
const PRECISE = 15; // digits that a number of Excel's keeps; a longer one stays text

export async function workbook(rows: Rows, about: [string, string][]): Promise<Blob> {
  return zip([
    ['[Content_Types].xml', [CONTENT_TYPES]],
    ['_rels/.rels', [RELATIONS]],
    ['xl/workbook.xml', [WORKBOOK]],
    ['xl/_rels/workbook.xml.rels', [SHEETS]],
    ['xl/worksheets/sheet1.xml', sheet(rows)],
    ['xl/worksheets/sheet2.xml', aboutSheet(about)],
  ]);
}

function* sheet(rows: Rows): Generator<string> {
  const { columns, count } = rows;
  yield `${SHEET}<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>`;
  yield `<row>${columns.map((c) => words(c.name)).join('')}</row>`;
  for (let i = 0; i < Math.min(count, MOST_ROWS); i++) {
    const cells = rows.row(i);
    yield `<row>${columns.map((c, at) => cell(cells[at] ?? null, c)).join('')}</row>`;
  }
  yield '</sheetData></worksheet>';
}

function* aboutSheet(about: [string, string][]): Generator<string> {
  yield `${SHEET}<sheetData>`;
  for (const [name, value] of about) yield `<row>${words(name)}${words(value)}</row>`;
  yield '</sheetData></worksheet>';
}

export function cell(value: ReturnType<Rows['row']>[number], column: Column): string {
  if (value === null) return '<c/>';
  const written = text(value);
  const digits = written.replace(/[^0-9]/g, '').length;
  if (isNumber(column.type) && digits <= PRECISE && Number.isFinite(Number(written))) return `<c><v>${written}</v></c>`;
  return words(text(value, column.type));
}

const words = (value: string) =>
  `<c t="inlineStr"><is><t xml:space="preserve">${escaped(value.slice(0, MOST_LETTERS))}</t></is></c>`;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text as XML; control characters, which XML cannot hold, are left out. */
const escaped = (value: string) =>
  // these are what is left out
  value.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '').replace(/[&<>]/g, (c) => ENTITIES[c]!);

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const SHEET = `${XML}<worksheet xmlns="${MAIN}">`;
const CONTENT_TYPES = `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${TYPE}.worksheet+xml"/><Override PartName="/xl/worksheets/sheet2.xml" ContentType="${TYPE}.worksheet+xml"/></Types>`;
const RELATIONS = `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;
const WORKBOOK = `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="Result" sheetId="1" r:id="rId1"/><sheet name="Query" sheetId="2" r:id="rId2"/></sheets></workbook>`;
const SHEETS = `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${OFFICE}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`;

/** A zip of texts, each packed as it is made. */
async function zip(files: [string, Iterable<string>][]): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: BlobPart[] = [];
  let offset = 0;
  let listed = 0;
  for (const [name, pieces] of files) {
    const { packed, size, crc } = await pack(pieces);
    const title = new TextEncoder().encode(name);
    const head = fields([[4, 0x04034b50], ...entry(crc, packed.size, size, title.length)]);
    parts.push(head, title, packed);
    const line = fields([
      [4, 0x02014b50],
      [2, 20],
      ...entry(crc, packed.size, size, title.length),
      [2, 0],
      [2, 0],
      [2, 0],
      [4, 0],
      [4, offset],
    ]);
    directory.push(line, title);
    listed += line.length + title.length;
    offset += head.length + title.length + packed.size;
  }
  const end = fields([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, listed],
    [4, offset],
    [2, 0],
  ]);
  return new Blob([...parts, ...directory, end], { type: `${TYPE}.sheet` });
}

/** What both headers of a file say: version, names in UTF-8, packed by deflate, 1 January 1980. */
const entry = (crc: number, packed: number, size: number, title: number): [number, number][] => [
  [2, 20],
  [2, 0x0800],
  [2, 8],
  [2, 0],
  [2, 0x21],
  [4, crc],
  [4, packed],
  [4, size],
  [2, title],
  [2, 0],
];

/** Numbers of so many bytes each, the lowest byte first. */
function fields(all: [size: number, value: number][]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(all.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of all) {
    if (size === 4) view.setUint32(at, value, true);
    else view.setUint16(at, value, true);
    at += size;
  }
  return bytes;
}

const CHUNK = 1 << 16;

async function pack(pieces: Iterable<string>) {
  let crc = 0xffffffff;
  let size = 0;
  const encoder = new TextEncoder();
  const iterator = pieces[Symbol.iterator]();
  const texts = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      let some = '';
      while (some.length < CHUNK) {
        const next = iterator.next();
        if (next.done) break;
        some += next.value;
      }
      if (some === '') return controller.close();
      const bytes = encoder.encode(some);
      for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
      size += bytes.length;
      controller.enqueue(bytes);
    },
  });
  const packed = await new Response(texts.pipeThrough(new CompressionStream('deflate-raw'))).blob();
  return { packed, size, crc: ~crc >>> 0 };
}

/** Of the checksum that zip files have, for each byte. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
