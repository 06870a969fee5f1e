import { type FormEvent, useState } from 'react';
import { useWho } from '../api/session';
import { Ago, Button, Code, Dialog, Empty, Failure, Field, Loaded, Panel, Wide } from '../ui/ui';
import { type Token, useCreateToken, useRevokeToken, useTokens, useUsers } from './people';
import css from './settings.module.css';

const DAYS = 90;

export function Tokens() {
  const [making, make] = useState(false);
  return (
    <div className={css.body}>
      <div>
        <Button icon="plus" look="primary" onClick={() => make(true)}>
          Create a token
        </Button>
      </div>
      <Loaded of={useTokens()}>
        {(tokens) =>
          tokens.length === 0 ? (
            <Empty title="There are no tokens yet">A program proves with one who it acts for.</Empty>
          ) : (
            <Panel>
              <Wide label="Tokens">
                <table className={css.table}>
                  <thead>
                    <tr>
                      <th>Token</th>
                      <th>User</th>
                      <th>At most</th>
                      <th>Reads at most</th>
                      <th>Used</th>
                      <th>Expires</th>
                      <th>
                        <span className="visually-hidden">Revoke</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {tokens.map((token) => (
                      <Row key={token.name} token={token} />
                    ))}
                  </tbody>
                </table>
              </Wide>
            </Panel>
          )
        }
      </Loaded>
      <Dialog title="Create a token" open={making} onClose={() => make(false)}>
        <NewToken onDone={() => make(false)} />
      </Dialog>
    </div>
  );
}

function Row({ token }: { token: Token }) {
  const [sure, setSure] = useState(false);
  const revoke = useRevokeToken();
  return (
    <tr>
      <th scope="row">
        {token.name} <small>{token.begins}…</small>
        {revoke.error && <Failure error={revoke.error} />}
      </th>
      <td>{token.user}</td>
      <td>{token.role}</td>
      <td>{token.tables.includes('*') ? 'what the user may' : token.tables.join(', ') || 'no table'}</td>
      <td>{token.used ? <Ago at={token.used} /> : 'never'}</td>
      <td>{token.expires ? <Ago at={token.expires} /> : 'never'}</td>
      <td className="right">
        <Button
          look="danger"
          disabled={revoke.isPending}
          onClick={() => (sure ? revoke.mutate(token.name) : setSure(true))}
        >
          {sure ? 'Really revoke' : 'Revoke'}
        </Button>
      </td>
    </tr>
  );
}

function NewToken({ onDone }: { onDone: () => void }) {
  const { user: own } = useWho();
  const users = useUsers().data?.map((u) => u.name) ?? [];
  const [name, setName] = useState('');
  const [user, setUser] = useState('');
  const [days, setDays] = useState(String(DAYS));
  const create = useCreateToken();
  const chosen = user || (users.includes(own) ? own : (users[0] ?? ''));
  const submit = (e: FormEvent) => {
    e.preventDefault();
    create.mutate({ name, user: chosen, days: Number(days) });
  };
  if (create.data) {
    return (
      <div className={css.form}>
        <p>This is shown only now. Keep it where secrets are kept.</p>
        <Code>{create.data.text}</Code>
        <Button look="primary" onClick={onDone}>
          Done
        </Button>
      </div>
    );
  }
  if (users.length === 0) return <p>A token belongs to a user: add one first.</p>;
  return (
    <form className={css.form} onSubmit={submit}>
      <Field label="Name" note="What it is for, such as nightly-report">
        <input required autoFocus autoComplete="off" value={name} onChange={(e) => setName(e.target.value)} />
      </Field>
      <Field label="User">
        <select value={chosen} onChange={(e) => setUser(e.target.value)}>
          {users.map((u) => (
            <option key={u}>{u}</option>
          ))}
        </select>
      </Field>
      <Field label="Days" note="0 for one that does not expire">
        <input type="number" min="0" max="3650" required value={days} onChange={(e) => setDays(e.target.value)} />
      </Field>
      {create.error && <Failure error={create.error} />}
      <Button type="submit" look="primary" disabled={create.isPending}>
        Create
      </Button>
    </form>
  );
}
