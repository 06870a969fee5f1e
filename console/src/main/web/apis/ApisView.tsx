import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ask, askJson } from '../api/client';
import type { Cell } from '../api/types';
import { useParam } from '../app/router';
import { duration, plural } from '../ui/format';
import { ValueField } from '../ui/fields';
import { Grid } from '../ui/Grid';
import { Button, Code, Empty, Failure, Field, Head, Loaded } from '../ui/ui';
import css from './apis.module.css';
import { curl, type Document, type Endpoint, endpoints, type Given, request, sqlType, typeOf } from './document';

export default function ApisView() {
  const document = useQuery({
    queryKey: ['endpoints'],
    queryFn: ({ signal }) => askJson<Document>('/endpoints/openapi.json', { signal }),
    select: endpoints,
  });
  return (
    <>
      <Head title="APIs">What the project answers to programs. Each is a file of apis/.</Head>
      <Loaded of={document}>
        {(all) =>
          all.length === 0 ? (
            <Empty title="The project answers nothing yet">
              Write a SELECT into a file: <Code>apis/first.sql</Code>
            </Empty>
          ) : (
            <Endpoints all={all} />
          )
        }
      </Loaded>
    </>
  );
}

function Endpoints({ all }: { all: Endpoint[] }) {
  const [on, choose] = useParam('on');
  const chosen = all.find((e) => e.id === on) ?? all[0]!;
  return (
    <div className={css.apis}>
      <ul className={css.list}>
        {all.map((e) => (
          <li key={e.id}>
            <button type="button" aria-pressed={e === chosen} onClick={() => choose(e.id)}>
              <code>
                {e.method} {e.path}
              </code>
              <small>{e.summary}</small>
            </button>
          </li>
        ))}
      </ul>
      <TryIt key={chosen.id} endpoint={chosen} />
    </div>
  );
}

interface Rows {
  data: Record<string, Cell>[];
  next: string | null;
}

function TryIt({ endpoint }: { endpoint: Endpoint }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const wanted = request(endpoint, values);
  const call = useMutation({
    mutationFn: async () => {
      const since = performance.now();
      const response = await ask(wanted.url, {
        root: '',
        method: endpoint.method as 'GET' | 'POST',
        body: wanted.body,
      });
      const rows = (await response.json()) as Rows;
      return { rows, millis: performance.now() - since, release: response.headers.get('Towpath-Release') };
    },
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    call.mutate();
  };
  return (
    <section className={css.try} aria-label={`${endpoint.method} ${endpoint.path}`}>
      <h2>
        {endpoint.method} {endpoint.path}
      </h2>
      <p>{endpoint.summary}</p>
      <form onSubmit={submit} className={css.form}>
        {endpoint.parameters.map((p) => (
          <Parameter
            key={p.name}
            given={p}
            value={values[p.name] ?? ''}
            onChange={(text) => setValues({ ...values, [p.name]: text })}
          />
        ))}
        <Button type="submit" icon="play" look="primary" disabled={call.isPending}>
          Call
        </Button>
      </form>
      <Code>{curl(location.origin, wanted)}</Code>
      {call.error && <Failure error={call.error} />}
      {call.data && !call.error && (
        <>
          <p className="muted" role="status">
            {plural(call.data.rows.data.length, 'row')} in {duration(call.data.millis)}
            {call.data.rows.next && ', and more on the next page'}
          </p>
          <div className={css.answer}>
            <Answer endpoint={endpoint} rows={call.data.rows.data} />
          </div>
        </>
      )}
    </section>
  );
}

function Answer({ endpoint, rows }: { endpoint: Endpoint; rows: Rows['data'] }) {
  const columns = endpoint.columns.map(([name, schema]) => ({ name, type: sqlType(schema) }));
  return (
    <Grid
      label={`What ${endpoint.path} answers`}
      rows={{ columns, count: rows.length, row: (i) => columns.map((c) => rows[i]![c.name] ?? null) }}
    />
  );
}

function Parameter({ given, value, onChange }: { given: Given; value: string; onChange: (text: string) => void }) {
  const { name, place, required, schema } = given;
  const type = typeOf(schema);
  const notes = [`${type}, in the ${place}`];
  const [min, max] = [textOf(schema.minimum ?? schema['x-minimum']), textOf(schema.maximum ?? schema['x-maximum'])];
  if (min !== null) notes.push(`from ${min}`);
  if (max !== null) notes.push(`to ${max}`);
  if (schema.default !== undefined) notes.push(`${String(schema.default)} when left empty`);
  return (
    <Field label={name} note={notes.join(', ')}>
      <ValueField
        type={sqlType(schema)}
        list={type.startsWith('list')}
        choices={(schema.enum ?? []).map(String)}
        required={required}
        fallback=""
        min={min}
        max={max}
        value={value}
        onChange={onChange}
      />
    </Field>
  );
}

const textOf = (bound: unknown) => (bound === undefined ? null : String(bound));
