/** What /api/v1/endpoints/openapi.json says of the endpoints, as far as it is shown. */
export interface Schema {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  /** Of what JSON Schema has no order for, such as days. */
  'x-minimum'?: unknown;
  'x-maximum'?: unknown;
  description?: string;
}

interface Operation {
  operationId: string;
  summary: string;
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
}

export interface Given {
  name: string;
  place: 'path' | 'query' | 'body';
  required: boolean;
  schema: Schema;
}

export interface Endpoint {
  id: string;
  method: string;
  path: string;
  summary: string;
  parameters: Given[];
  columns: [string, Schema][];
}

export const endpoints = (document: Document): Endpoint[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      summary: operation.summary,
      parameters: parameters(operation),
      columns: Object.entries(rowOf(operation).properties ?? {}),
    })),
  );

function parameters({ parameters = [], requestBody }: Operation): Given[] {
  const body = requestBody?.content['application/json']?.schema;
  return [
    ...parameters
      .filter((p) => p.in === 'path' || p.in === 'query')
      .map((p) => ({ name: p.name, place: p.in as 'path' | 'query', required: p.required ?? false, schema: p.schema })),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) => ({
      name,
      place: 'body' as const,
      required: body!.required?.includes(name) ?? false,
      schema,
    })),
  ];
}

const rowOf = ({ responses }: Operation): Schema =>
  responses['200']?.content?.['application/json']?.schema.properties?.data?.items ?? {};

export const typeOf = (schema: Schema): string => {
  const type = [schema.type].flat().find((t) => t !== 'null') ?? 'any';
  return type === 'array' ? `list of ${typeOf(schema.items ?? {})}` : (schema.format ?? type);
};

const NUMBERS: Record<string, string> = { integer: 'BIGINT', number: 'DOUBLE', boolean: 'BOOLEAN' };
const TEXTS: Record<string, string> = { date: 'DATE', time: 'TIME', 'date-time': 'TIMESTAMP WITH TIME ZONE' };

/** The type of SQL that values of a schema have. */
export function sqlType(schema: Schema): string {
  const type = [schema.type].flat().find((t) => t !== 'null');
  if (type === 'array') return `${sqlType(schema.items ?? {})}[]`;
  return NUMBERS[type ?? ''] ?? TEXTS[schema.format ?? ''] ?? 'VARCHAR';
}

/** How a call is made with what was filled in: parameters that were left empty are left out; lists have an entry a line. */
export function request(endpoint: Endpoint, values: Record<string, string>) {
  let url = endpoint.path;
  const query = new URLSearchParams();
  const body: Record<string, string | string[]> = {};
  for (const { name, place, schema } of endpoint.parameters) {
    const text = values[name] ?? '';
    if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(text));
    else if (text !== '') {
      const given = typeOf(schema).startsWith('list') ? text.split('\n').filter(Boolean) : text;
      if (place === 'body') body[name] = given;
      else for (const one of [given].flat()) query.append(name, one);
    }
  }
  const post = endpoint.method === 'POST';
  return { url: query.size > 0 ? `${url}?${query}` : url, body: post ? body : undefined };
}

/** The same for a shell; quotes in it stay what they are. */
export function curl(origin: string, { url, body }: ReturnType<typeof request>): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const data = body ? ` -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}` : '';
  return `curl -s -H "Authorization: Bearer $TOKEN"${data} ${quoted(origin + url)}`;
}
