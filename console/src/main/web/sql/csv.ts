import type { Cell, Column } from '../api/types';
import type { Rows } from '../ui/Grid';

/**
 * The rows of a CSV as it comes, kept as bytes and read only when they are looked at: a million rows take little more
 * memory than the text itself, and no time before they are seen. An empty field is NULL, and "" the empty text.
 */
export class CsvRows implements Rows {
  private readonly blocks: { bytes: Uint8Array; ends: Uint32Array; first: number }[] = [];
  private carry = new Uint8Array(0);
  private header = true;
  private cached: { index: number; cells: Cell[] } | null = null;
  count = 0;
  bytes = 0;

  constructor(readonly columns: Column[]) {}

  /** Takes the next piece, which may end anywhere. */
  push(piece: Uint8Array) {
    const bytes = new Uint8Array(this.carry.length + piece.length);
    bytes.set(this.carry);
    bytes.set(piece, this.carry.length);
    const ends = lineEnds(bytes);
    const past = ends.at(-1) ?? 0;
    this.carry = bytes.slice(past);
    this.bytes += piece.length;
    if (ends.length > 0) this.add(bytes.subarray(0, past), ends);
  }

  /** The text is over; a last line without an end counts. */
  finish() {
    if (this.carry.length > 0) this.add(this.carry, [this.carry.length]);
    this.carry = new Uint8Array(0);
  }

  private add(bytes: Uint8Array, ends: number[]) {
    const from = this.header ? ends.shift()! : 0;
    this.header = false;
    if (ends.length === 0) return;
    this.blocks.push({
      bytes: bytes.subarray(from),
      ends: Uint32Array.from(ends, (end) => end - from),
      first: this.count,
    });
    this.count += ends.length;
  }

  row(index: number): Cell[] {
    if (this.cached?.index !== index) this.cached = { index, cells: this.read(index) };
    return this.cached.cells;
  }

  private read(index: number): Cell[] {
    let low = 0;
    let high = this.blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.blocks[middle]!.first <= index) low = middle;
      else high = middle - 1;
    }
    const { bytes, ends, first } = this.blocks[low]!;
    const at = index - first;
    return fields(new TextDecoder().decode(bytes.subarray(at === 0 ? 0 : ends[at - 1]!, ends[at])));
  }
}

const QUOTE = 34;
const LINE = 10;

/** Where each whole line ends, behind its line feed; those in quotes are part of a value. */
function lineEnds(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) quoted = !quoted;
    else if (bytes[i] === LINE && !quoted) ends.push(i + 1);
  }
  return ends;
}

/** The values of one line. */
export function fields(line: string): Cell[] {
  const text = line.replace(/\r?\n$/, '');
  const cells: Cell[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] === '"') {
      let end = at + 1;
      while (end < text.length && !(text[end] === '"' && text[end + 1] !== '"')) end += text[end] === '"' ? 2 : 1;
      cells.push(text.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 2;
    } else {
      const comma = text.indexOf(',', at);
      const end = comma < 0 ? text.length : comma;
      cells.push(end === at ? null : text.slice(at, end));
      at = end + 1;
    }
  }
  return cells;
}
