import { type FormEvent, useState } from 'react';
import { session, useMay, useWho } from '../api/session';
import { useParam } from '../app/router';
import { list } from '../ui/format';
import { Button, Failure, Field, Head, Panel, type Tab, Tabs } from '../ui/ui';
import { Audit } from './Audit';
import { Connections } from './Connections';
import { ROLES, useChangePassword } from './people';
import css from './settings.module.css';
import { Tokens } from './Tokens';
import { Users } from './Users';

export default function SettingsView() {
  const [tab, setTab] = useParam('tab');
  const admin = useMay('admin');
  const tabs: Tab[] = [{ id: 'account', title: 'Account', body: () => <Account /> }];
  if (admin) {
    tabs.push(
      { id: 'users', title: 'Users', body: () => <Users /> },
      { id: 'tokens', title: 'Tokens', body: () => <Tokens /> },
      { id: 'connections', title: 'Connections', body: () => <Connections /> },
      { id: 'audit', title: 'Audit log', body: () => <Audit /> },
    );
  }
  return (
    <>
      <Head title="Settings" />
      <Tabs tabs={tabs} chosen={tab || 'account'} onChoose={(id) => setTab(id === 'account' ? '' : id)} />
    </>
  );
}

function Account() {
  const { user, role, tables } = useWho();
  return (
    <div className={css.body}>
      <dl className={css.facts}>
        <div>
          <dt>User</dt>
          <dd>{user}</dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>
            {role}: {ROLES[role]}
          </dd>
        </div>
        <div>
          <dt>May read</dt>
          <dd>{tables.includes('*') ? 'every table' : tables.length === 0 ? 'no table' : list(tables)}</dd>
        </div>
      </dl>
      {user !== 'admin' && <Password />}
    </div>
  );
}

function Password() {
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const change = useChangePassword();
  const submit = (e: FormEvent) => {
    e.preventDefault();
    change.mutate({ old, new: fresh }, { onSuccess: session.over });
  };
  return (
    <Panel title="Change the password">
      <form className={css.form} onSubmit={submit}>
        <Field label="Password until now">
          <input
            type="password"
            autoComplete="current-password"
            required
            value={old}
            onChange={(e) => setOld(e.target.value)}
          />
        </Field>
        <Field label="New password" note="All sessions of yours end, this one too">
          <input
            type="password"
            autoComplete="new-password"
            required
            value={fresh}
            onChange={(e) => setFresh(e.target.value)}
          />
        </Field>
        {change.error && <Failure error={change.error} />}
        <Button type="submit" look="primary" disabled={change.isPending}>
          Change
        </Button>
      </form>
    </Panel>
  );
}
