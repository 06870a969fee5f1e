import { describe, expect, it } from 'vitest';
import { sqlType } from '../../main/web/apis/document';
import { type Input, inputFor } from '../../main/web/ui/inputs';

describe('fields', () => {
  const KINDS: Record<Input, string[]> = {
    'yes-no': ['BOOLEAN'],
    date: ['DATE', 'DATE RANGE', 'DATE[]', 'date'],
    time: ['TIME'],
    moment: ['TIMESTAMP', 'TIMESTAMP_MS'],
    whole: ['TINYINT', 'INTEGER', 'INTEGER[3]', 'BIGINT', 'HUGEINT', 'UTINYINT', 'UINTEGER', 'UBIGINT', 'UHUGEINT'],
    number: ['FLOAT', 'DOUBLE', 'DECIMAL(9,2)', 'DECIMAL(18,3)[]'],
    text: ['VARCHAR', 'VARCHAR[]', 'UUID', 'JSON', 'INTERVAL', 'TIMESTAMP WITH TIME ZONE', 'TIME WITH TIME ZONE'],
  };
  it.each(Object.entries(KINDS))('of kind %s', (kind, types) => {
    expect(types.map((type) => [type, inputFor(type)])).toEqual(types.map((type) => [type, kind]));
  });

  it('of endpoints follow from their schemas', () => {
    const types = [
      { type: 'integer', format: 'int32' },
      { type: ['integer', 'null'] },
      { type: 'number', format: 'double' },
      { type: 'boolean' },
      { type: 'string', format: 'date' },
      { type: 'string', format: 'date-time' },
      { type: 'string', enum: ['a'] },
      { type: 'array', items: { type: 'string', format: 'date' } },
      {},
    ].map(sqlType);
    expect(types).toEqual([
      'BIGINT',
      'BIGINT',
      'DOUBLE',
      'BOOLEAN',
      'DATE',
      'TIMESTAMP WITH TIME ZONE',
      'VARCHAR',
      'DATE[]',
      'VARCHAR',
    ]);
  });
});
