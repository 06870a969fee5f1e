import type { Cell, Column, Problem } from '../api/types';

/** What the API says of dashboards. */
export interface Listed {
  name: string;
  title: string;
  description: string;
  file: string;
  problems: Problem[];
}

export interface Filter {
  name: string;
  type: string;
  label: string;
  default: string | string[] | { from: string | null; to: string | null } | null;
  list: boolean;
  range: boolean;
  required: boolean;
  min?: string | null;
  max?: string | null;
  /** Filters whose values decide what can be chosen here. */
  optionsFrom: string[];
  hasOptions: boolean;
  /** Set by a signed link for good. */
  fixed?: boolean;
}

export interface Option {
  value: string | number | boolean | null;
  label: string | null;
}

export type Options = Record<string, Option[]>;

export type Width = 'full' | 'half' | 'third' | 'quarter';

export interface TableColumn {
  name: string;
  label?: string | null;
  format?: string | null;
  link?: string | null;
}

export interface Block {
  id: string;
  kind: 'prose' | 'chart' | 'table' | 'metric' | 'figure';
  /** Of prose; the server lets no script, style or foreign address through. */
  html?: string | null;
  title?: string | null;
  type?: string | null;
  /** The filters that its answer depends on. */
  uses?: string[];
  /** The filter that a click on a mark sets, to the value of this column. */
  filter?: { name: string; column: string } | null;
  link?: string | null;
  height?: number | null;
  width?: Width | null;
  columns?: TableColumn[] | null;
  /** The columns that a chart is drawn of, by what each is for. */
  encoding?: Record<string, string[]> | null;
  /** Rows of a table that are seen at once. */
  page?: number | null;
  value?: string | null;
  compare?: string | null;
  /** Which way is good, when one is. */
  better?: 'higher' | 'lower' | null;
  label?: string | null;
  format?: string | null;
}

export interface Dashboard {
  name: string;
  title: string;
  description: string;
  file: string;
  release: number;
  filters: Filter[];
  blocks: Block[];
  problems: Problem[];
}

/** A figure of Plotly, as its JSON. */
export interface Figure {
  data: Trace[];
  layout?: Record<string, unknown>;
  /** Of an animation that Python made. */
  frames?: unknown[];
}

export type Trace = Record<string, unknown> & { type?: string; customdata?: unknown };

export interface Answer {
  release: number;
  columns: Column[];
  rows: Cell[][];
  rowCount: number;
  truncated: boolean;
  figure: Figure | null;
}
