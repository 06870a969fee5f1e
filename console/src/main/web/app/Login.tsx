import { type FormEvent, useState } from 'react';
import { login } from '../api/queries';
import { Button, Code, Failure, Field } from '../ui/ui';
import { Logo } from './Shell';
import css from './Login.module.css';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/** By user and password, or by a token: on the machine itself that is what its owner has. */
export default function Login() {
  const [byToken, setByToken] = useState(() => LOCAL.includes(location.hostname));
  const [user, setUser] = useState('');
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);

  const enter = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await login(byToken ? { token: secret.trim() } : { user, password: secret });
    } catch (refused) {
      setError(refused as Error);
      setBusy(false);
    }
  };
  const change = () => {
    setByToken(!byToken);
    setSecret('');
    setError(null);
  };

  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={(e) => void enter(e)}>
        <Logo />
        <h1>Log in to Towpath</h1>
        {byToken ? (
          <p className="muted">
            In the project’s folder, this prints the owner’s: <Code>towpath token</Code>
          </p>
        ) : (
          <Field label="User">
            <input autoComplete="username" autoFocus required value={user} onChange={(e) => setUser(e.target.value)} />
          </Field>
        )}
        <Field key={String(byToken)} label={byToken ? 'Token' : 'Password'}>
          <input
            type="password"
            autoComplete={byToken ? 'off' : 'current-password'}
            autoFocus={byToken}
            required
            value={secret}
            onChange={(e) => setSecret(e.target.value)}
          />
        </Field>
        {error && <Failure error={error} />}
        <Button type="submit" look="primary" disabled={busy}>
          Log in
        </Button>
        <Button look="quiet" onClick={change}>
          {byToken ? 'With user and password' : 'With a token'}
        </Button>
      </form>
    </main>
  );
}
