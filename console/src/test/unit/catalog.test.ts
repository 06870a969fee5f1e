import { expect, it } from 'vitest';
import type { CheckedRun, RowsDiff } from '../../main/web/api/types';
import { pastOf } from '../../main/web/catalog/ChecksPanel';
import { telling } from '../../main/web/catalog/RowsDiff';
import { details, expected } from '../../main/web/sql/Plan';

it('what a check said is found through runs that did not all have it', () => {
  const run = (started: string, ...checks: [string, 'passed' | 'failed', number][]): CheckedRun => ({
    run: started,
    started,
    checks: checks.map(([check, result, failures]) => ({ check, result, failures })),
  });
  const history = [
    run('c', ['unique(id)', 'failed', 3]),
    run('b', ['other', 'passed', 0]),
    run('a', ['unique(id)', 'passed', 0]),
  ];
  expect(pastOf(history, 'unique(id)')).toEqual([
    { started: 'c', result: 'failed', failures: 3 },
    { started: 'a', result: 'passed', failures: 0 },
  ]);
});

it('rows that changed show their key and what is different', () => {
  const diff: RowsDiff = {
    key: ['id'],
    columns: ['id', 'same', 'other'].map((name) => ({ name, type: 'VARCHAR' })),
    added: 0,
    removed: 0,
    changed: 1,
    rows: [['changed', '1', 'x', 'old', '1', 'x', 'new']],
  };
  expect(telling(diff)).toEqual([0, 2]);
  expect(telling({ ...diff, rows: [['added', null, null, null, '2', 'x', 'y']] })).toEqual([0, 1, 2]);
});

it('a step of a plan tells its rows and details', () => {
  const step = { name: 'FILTER ', extra_info: { Expression: 'a = 1', 'Estimated Cardinality': '20', Text: '' } };
  expect(expected(step)).toBe(20);
  expect(details(step)).toEqual([['Expression', 'a = 1']]);
  expect(expected({ name: 'x' })).toBeNull();
});
