import { useMutation, useQuery } from '@tanstack/react-query';
import { askJson, path, post } from '../api/client';
import { useMay, useSeesAll } from '../api/session';
import type { Problem } from '../api/types';
import { Status } from '../ui/Status';
import { Button, Failure, Problems } from '../ui/ui';

interface Started {
  id: string;
  state: 'RUNNING' | 'SUCCESS' | 'FAILED' | 'CANCELLED';
  problems: Problem[];
  message: string | null;
}

/** Builds a table and what it needs that is stale, and says what came of it. */
export function BuildButton({ table }: { table: string }) {
  const edits = useMay('editor');
  const all = useSeesAll(); // a build may say something of any table
  return edits && all ? <Builder table={table} /> : null;
}

function Builder({ table }: { table: string }) {
  const start = useMutation({ mutationFn: () => post<Started>('/builds', { select: [`+${table}`] }) });
  const cancel = useMutation({ mutationFn: (id: string) => post(path`/builds/${id}/cancel`) });
  const id = start.data?.id;
  const build = useQuery({
    queryKey: ['started', id],
    queryFn: () => askJson<Started>(path`/builds/${id!}`),
    enabled: id !== undefined,
    refetchInterval: (query) => (query.state.data?.state === 'RUNNING' ? 500 : false),
  });
  const state = build.data?.state ?? start.data?.state;
  return (
    <>
      {state === 'RUNNING' ? (
        <Button icon="stop" onClick={() => cancel.mutate(id!)}>
          Stop
        </Button>
      ) : (
        <Button icon="play" look="primary" disabled={start.isPending} onClick={() => start.mutate()}>
          Build
        </Button>
      )}
      {state && <Status state={state} word={state === 'SUCCESS' ? 'up to date' : undefined} />}
      {start.error && <Failure error={start.error} />}
      {build.data?.problems.length ? (
        <Problems problems={build.data.problems} />
      ) : (
        state === 'FAILED' && <p>{build.data?.message ?? 'A check on data failed; nothing was published.'}</p>
      )}
    </>
  );
}
