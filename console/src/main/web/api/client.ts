import { session } from './session';

/** A mistake in a file, a query or a parameter. */
export interface Mistake {
  name?: string;
  file?: string;
  line?: number | null;
  column?: number | null;
  message?: string;
  detail?: string;
  hint?: string | null;
}

/** What the server refused, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly hint: string | null,
    readonly mistakes: Mistake[] = [],
  ) {
    super(detail);
  }

  static async of(response: Response): Promise<ApiError> {
    const text = await response.text();
    try {
      const problem = JSON.parse(text) as { detail?: string; hint?: string; errors?: Mistake[] };
      return new ApiError(response.status, problem.detail ?? response.statusText, problem.hint ?? null, problem.errors);
    } catch {
      return new ApiError(response.status, text.slice(0, 300) || `the server said ${response.status}`, null);
    }
  }
}

/** The server could not be reached. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached');
  }
}

/** Whether the same may be answered later: by a server that is back, or has less to do. */
export const passes = (error: unknown) => !(error instanceof ApiError) || error.status >= 500 || error.status === 429;

export interface Asked {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  accept?: string;
  /** What the path is below; the API's root unless it is said. */
  root?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Asks the server; anything but success is an ApiError. A login that has expired ends the session. */
export async function ask(path: string, asked: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: asked.accept ?? 'application/json', ...asked.headers };
  const csrf = session.csrf();
  if (csrf !== null && asked.method !== undefined && asked.method !== 'GET') headers['X-CSRF-Token'] = csrf;
  if (asked.body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(`${asked.root ?? '/api/v1'}${path}`, {
      method: asked.method ?? 'GET',
      headers,
      body: asked.body === undefined ? undefined : JSON.stringify(asked.body),
      signal: asked.signal,
    });
  } catch (e) {
    if (asked.signal?.aborted) throw e;
    throw new Unreachable();
  }
  if (response.status === 401) session.over();
  if (!response.ok) throw await ApiError.of(response);
  return response;
}

/** The same, when the answer is JSON. */
export async function askJson<T>(path: string, asked: Asked = {}): Promise<T> {
  return (await (await ask(path, asked)).json()) as T;
}

export const post = <T>(path: string, body?: unknown) => askJson<T>(path, { method: 'POST', body });

/** A path whose names are put in as they are, whatever characters they have. */
export function path(parts: TemplateStringsArray, ...names: (string | number)[]): string {
  return parts.reduce((text, part, i) => text + encodeURIComponent(String(names[i - 1])) + part);
}
