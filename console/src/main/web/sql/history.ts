/** Queries that were run in this browser, newest first. */
export interface Past {
  sql: string;
  at: string;
  rows: number | null;
  millis: number;
  error: string | null;
}

const KEY = 'towpath.sql.history';
const KEPT = 100;

export function readHistory(): Past[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(read) ? (read as Past[]) : [];
  } catch {
    return []; // what cannot be read is no history
  }
}

/** Puts one in front; a query that is run again moves there. */
export function remember(past: Past): Past[] {
  const all = [past, ...readHistory().filter((p) => p.sql !== past.sql)].slice(0, KEPT);
  localStorage.setItem(KEY, JSON.stringify(all));
  return all;
}
