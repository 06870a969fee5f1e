import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { askJson, path } from '../api/client';
import type { Role } from '../api/session';

export interface User {
  name: string;
  role: Role;
  tables: string[];
  endpoints: string[];
  dashboards: string[];
  password: boolean;
  created: string;
}

export interface Token {
  name: string;
  user: string;
  begins: string;
  role: Role;
  tables: string[];
  endpoints: string[];
  dashboards: string[];
  created: string;
  expires: string | null;
  used: string | null;
}

export interface AuditEntry {
  id: number;
  at: string;
  who: string;
  action: string;
  subject: string;
  detail: string;
}

export const ROLES: Record<Role, string> = {
  viewer: 'reads tables, endpoints and dashboards',
  editor: 'starts, stops and repeats runs, too',
  admin: 'everything: users, tokens, rollbacks, the audit log',
};

/** What a role may read, as towpath.yml says. */
export interface RoleReads {
  role: Role;
  tables: string[];
  endpoints: string[];
  dashboards: string[];
}

const people = {
  queryKey: ['users'],
  queryFn: () => askJson<{ users: User[]; roles: RoleReads[] }>('/users'),
};

export const useUsers = () => useQuery({ ...people, select: (d) => d.users });

export const useRoles = () => useQuery({ ...people, select: (d) => d.roles });

export const useTokens = () =>
  useQuery({ queryKey: ['tokens'], queryFn: () => askJson<{ tokens: Token[] }>('/tokens'), select: (d) => d.tokens });

/** Who did what, newest first, as far as a word is in it; no event tells of an entry, so it is asked for again. */
export const useAudit = (word: string) =>
  useInfiniteQuery({
    queryKey: ['audit', word],
    queryFn: ({ pageParam, signal }) => {
      const wanted = new URLSearchParams({ limit: '200', ...(pageParam ? { before: String(pageParam) } : {}) });
      if (word) wanted.set('word', word);
      return askJson<{ entries: AuditEntry[]; more: boolean }>(`/audit?${wanted}`, { signal });
    },
    placeholderData: keepPreviousData,
    initialPageParam: 0,
    getNextPageParam: (page) => (page.more ? page.entries.at(-1)!.id : null),
    // who has gone back to what was is not pulled along by what is
    refetchInterval: (query) => (query.state.data && query.state.data.pages.length > 1 ? false : 10_000),
  });

/** A change to users or tokens; lists that may have changed are asked for again. */
function useChange<T, A>(change: (given: A) => Promise<T>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => {
      for (const key of ['users', 'tokens', 'audit']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
}

export const useAddUser = () =>
  useChange((user: { name: string; role: Role; tables: string[]; dashboards: string[]; password?: string }) =>
    askJson<User>('/users', { method: 'POST', body: user }),
  );

export const useChangeUser = () =>
  useChange(
    ({
      name,
      ...changes
    }: {
      name: string;
      role?: Role;
      tables?: string[];
      dashboards?: string[];
      password?: string;
    }) => askJson<User>(path`/users/${name}`, { method: 'PUT', body: changes }),
  );

export const useDropUser = () => useChange((name: string) => askJson(path`/users/${name}`, { method: 'DELETE' }));

export const useCreateToken = () =>
  useChange((token: { name: string; user: string; days: number }) =>
    askJson<{ token: Token; text: string }>('/tokens', { method: 'POST', body: token }),
  );

export const useRevokeToken = () => useChange((name: string) => askJson(path`/tokens/${name}`, { method: 'DELETE' }));

export const useChangePassword = () =>
  useChange((passwords: { old: string; new: string }) =>
    askJson('/session/password', { method: 'POST', body: passwords }),
  );
