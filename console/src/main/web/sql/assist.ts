import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { type Extension, Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { Column } from '../api/types';

/** What helps those who type: a parser, brackets that close, and names of the catalog. It comes with the first key. */
export const assist: Extension = [
  Prec.highest(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
  closeBrackets(),
  autocompletion({ icons: false }),
  keymap.of([...closeBracketsKeymap, ...completionKeymap]),
];

/** SQL that knows tables and their columns. */
export function parsed(tables: Record<string, Column[]>): Extension {
  const schema = Object.fromEntries(
    Object.entries(tables).map(([name, columns]) => [
      name,
      columns.map((c) => ({ label: c.name, detail: c.type.toLowerCase(), type: 'property' })),
    ]),
  );
  return sql({ dialect: PostgreSQL, schema, upperCaseKeywords: true });
}
