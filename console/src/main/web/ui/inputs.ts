export type Input = 'yes-no' | 'date' | 'time' | 'moment' | 'whole' | 'number' | 'text';

/**
 * What kind of field takes a value of a type, by DuckDB's name of it; for a list or a range that of its values. A moment
 * with a time zone is text, since no field of a browser has one.
 */
export function inputFor(type: string): Input {
  const plain = type
    .toUpperCase()
    .replace(/\[\d*\]$/, '')
    .replace(/ ?RANGE$/, '');
  if (plain === 'BOOLEAN') return 'yes-no';
  if (plain === 'DATE') return 'date';
  if (plain === 'TIME') return 'time';
  if (/^TIMESTAMP(_NS|_MS|_S)?$/.test(plain)) return 'moment';
  if (/^U?(TINYINT|SMALLINT|INTEGER|INT|BIGINT|HUGEINT)$/.test(plain)) return 'whole';
  if (/^(FLOAT|REAL|DOUBLE|DECIMAL.*|NUMERIC.*)$/.test(plain)) return 'number';
  return 'text';
}
