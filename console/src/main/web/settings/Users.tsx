import { type FormEvent, useState } from 'react';
import type { Role } from '../api/session';
import { Ago, Button, Code, Dialog, Empty, Failure, Field, Loaded, Panel, Wide } from '../ui/ui';
import { type RoleReads, ROLES, useAddUser, useChangeUser, useDropUser, useRoles, type User, useUsers } from './people';
import css from './settings.module.css';

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

export function Users() {
  const [editing, edit] = useState<User | 'new' | null>(null);
  const close = () => edit(null);
  const roles = useRoles().data;
  return (
    <div className={css.body}>
      <div>
        <Button icon="plus" look="primary" onClick={() => edit('new')}>
          Add a user
        </Button>
      </div>
      <Loaded of={useUsers()}>
        {(users) =>
          users.length === 0 ? (
            <Empty title="Only the owner of the project’s folder comes in">
              Add users here, or with <Code>towpath user add</Code>
            </Empty>
          ) : (
            <UserTable users={users} onEdit={edit} />
          )
        }
      </Loaded>
      {roles && <RoleTable roles={roles} />}
      <Dialog
        title={editing === 'new' ? 'Add a user' : `User ${editing?.name ?? ''}`}
        open={editing !== null}
        onClose={close}
      >
        {editing === 'new' ? <NewUser onDone={close} /> : editing && <OldUser user={editing} onDone={close} />}
      </Dialog>
    </div>
  );
}

function UserTable({ users, onEdit }: { users: User[]; onEdit: (user: User) => void }) {
  return (
    <Panel>
      <Wide label="Users">
        <table className={css.table}>
          <thead>
            <tr>
              <th>User</th>
              <th>Role</th>
              <th>Also reads</th>
              <th>Also sees</th>
              <th>Password</th>
              <th>Added</th>
              <th>
                <span className="visually-hidden">Change</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {users.map((user) => (
              <tr key={user.name}>
                <th scope="row">{user.name}</th>
                <td>{user.role}</td>
                <td>{user.tables.join(', ') || '–'}</td>
                <td>{user.dashboards.join(', ') || '–'}</td>
                <td>{user.password ? 'yes' : 'none, only tokens'}</td>
                <td>
                  <Ago at={user.created} />
                </td>
                <td className="right">
                  <Button onClick={() => onEdit(user)}>Change</Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

/** Patterns or names; all of them, or none. */
const reads = (names: string[]) => (names.includes('*') ? 'all' : names.join(', ') || '–');

function RoleTable({ roles }: { roles: RoleReads[] }) {
  return (
    <Panel title="Roles">
      <Wide label="Roles">
        <table className={css.table}>
          <thead>
            <tr>
              <th>Role</th>
              <th>May</th>
              <th>Tables</th>
              <th>Endpoints</th>
              <th>Dashboards besides those of its tables</th>
            </tr>
          </thead>
          <tbody>
            {roles.map(({ role, tables, endpoints, dashboards }) => (
              <tr key={role}>
                <th scope="row">{role}</th>
                <td>{ROLES[role]}</td>
                <td>{reads(tables)}</td>
                <td>{reads(endpoints)}</td>
                <td>{reads(dashboards)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

function NewUser({ onDone }: { onDone: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [tables, setTables] = useState('');
  const [dashboards, setDashboards] = useState('');
  const [password, setPassword] = useState('');
  const add = useAddUser();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    add.mutate(
      { name, role, tables: words(tables), dashboards: words(dashboards), password: password || undefined },
      { onSuccess: onDone },
    );
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <Field label="Name">
        <input required autoFocus autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />
      </Field>
      <RoleField role={role} onChange={setRole} />
      <TablesField tables={tables} onChange={setTables} />
      <DashboardsField dashboards={dashboards} onChange={setDashboards} />
      <Field label="Password" note="Without one, only tokens let the user in">
        <input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
      </Field>
      {add.error && <Failure error={add.error} />}
      <Button type="submit" look="primary" disabled={add.isPending}>
        Add
      </Button>
    </form>
  );
}

function OldUser({ user, onDone }: { user: User; onDone: () => void }) {
  const [role, setRole] = useState(user.role);
  const [tables, setTables] = useState(user.tables.join(' '));
  const [dashboards, setDashboards] = useState(user.dashboards.join(' '));
  const [password, setPassword] = useState('');
  const [sure, setSure] = useState(false);
  const change = useChangeUser();
  const drop = useDropUser();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    change.mutate(
      {
        name: user.name,
        role,
        tables: words(tables),
        dashboards: words(dashboards),
        password: password || undefined,
      },
      { onSuccess: onDone },
    );
  };
  const error = change.error ?? drop.error;
  return (
    <form className={css.form} onSubmit={submit}>
      <RoleField role={role} onChange={setRole} />
      <TablesField tables={tables} onChange={setTables} />
      <DashboardsField dashboards={dashboards} onChange={setDashboards} />
      <Field label="New password" note="Left empty, it stays as it is">
        <input
          type="password"
          autoComplete="new-password"
          value={password}
          onChange={(e) => setPassword(e.target.value)}
        />
      </Field>
      {error && <Failure error={error} />}
      <div className={css.buttons}>
        <Button
          look="danger"
          disabled={drop.isPending}
          onClick={() => (sure ? drop.mutate(user.name, { onSuccess: onDone }) : setSure(true))}
        >
          {sure ? 'Really: remove user, tokens and sessions' : 'Remove'}
        </Button>
        <Button type="submit" look="primary" disabled={change.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

function RoleField({ role, onChange }: { role: Role; onChange: (role: Role) => void }) {
  return (
    <Field label="Role" note={ROLES[role]}>
      <select value={role} onChange={(e) => onChange(e.target.value as Role)}>
        {Object.keys(ROLES).map((r) => (
          <option key={r}>{r}</option>
        ))}
      </select>
    </Field>
  );
}

function TablesField({ tables, onChange }: { tables: string; onChange: (tables: string) => void }) {
  return (
    <Field label="Also reads" note="Besides what towpath.yml lets the role read: *, marts.* or marts.daily">
      <input spellCheck={false} value={tables} onChange={(e) => onChange(e.target.value)} />
    </Field>
  );
}

function DashboardsField({ dashboards, onChange }: { dashboards: string; onChange: (dashboards: string) => void }) {
  return (
    <Field label="Also sees" note="Dashboards with whatever they read, such as overview; * is all">
      <input spellCheck={false} value={dashboards} onChange={(e) => onChange(e.target.value)} />
    </Field>
  );
}
