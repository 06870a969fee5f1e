import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { path, post } from '../api/client';
import { useMay } from '../api/session';
import type { Flow, Parameter, Run } from '../api/types';
import { navigate } from '../app/router';
import { ValueField } from '../ui/fields';
import { Button, Dialog, Failure, Field } from '../ui/ui';
import css from './flows.module.css';

/** Runs a flow now; asks for its parameters first when it has some. */
export function TriggerButton({ flow, look }: { flow: Flow; look?: 'primary' }) {
  const [open, setOpen] = useState(false);
  if (!useMay('editor')) return null;
  return (
    <>
      <Button icon="play" look={look} onClick={() => setOpen(true)}>
        Run now
      </Button>
      <Dialog title={`Run ${flow.name}`} open={open} onClose={() => setOpen(false)}>
        <TriggerForm flow={flow} />
      </Dialog>
    </>
  );
}

function TriggerForm({ flow }: { flow: Flow }) {
  const [values, setValues] = useState<Record<string, string>>({});
  const trigger = useMutation({
    mutationFn: () => post<Run>(path`/flows/${flow.name}/runs`, { params: given(flow.parameters, values) }),
    onSuccess: (run) => navigate(`/runs/${encodeURIComponent(run.id)}`),
  });
  const submit = (e: FormEvent) => {
    e.preventDefault();
    trigger.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      {flow.parameters.length === 0 && <p>It runs once, now, beside its schedule: {flow.run.join(' ')}</p>}
      {flow.parameters.map((parameter) => (
        <Field key={parameter.name} label={parameter.name} note={note(parameter)}>
          <ValueField
            {...parameter}
            choices={parameter.values}
            fallback={parameter.default ?? ''}
            value={values[parameter.name] ?? ''}
            onChange={(value) => setValues({ ...values, [parameter.name]: value })}
          />
        </Field>
      ))}
      {trigger.error && <Failure error={trigger.error} />}
      <Button type="submit" icon="play" look="primary" disabled={trigger.isPending}>
        Run
      </Button>
    </form>
  );
}

/** What was filled in; a list has an entry a line. The server reads text as the parameter's type. */
export function given(parameters: Parameter[], values: Record<string, string>): Record<string, string | string[]> {
  return Object.fromEntries(
    parameters.flatMap((p) => {
      const text = values[p.name] ?? '';
      if (text.trim() === '') return [];
      return [[p.name, p.list ? text.split('\n').filter((line) => line.trim() !== '') : text]];
    }),
  );
}

function note({ type, list, min, max, default: fallback }: Parameter): string {
  const parts = [list ? `a list of ${type.toLowerCase()}, one a line` : type.toLowerCase()];
  if (min !== null) parts.push(`from ${min}`);
  if (max !== null) parts.push(`to ${max}`);
  if (fallback !== null) parts.push(`${fallback} when left empty`);
  return parts.join(', ');
}
