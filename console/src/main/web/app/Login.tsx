import { type FormEvent, useState } from 'react';
import { ApiError } from '../api/client';
import { session } from '../api/session';
import { Button, Code, Failure, Field } from '../ui/ui';
import { Logo } from './Shell';
import css from './Login.module.css';

export function Login() {
  const [token, setToken] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);

  const enter = async (e: FormEvent) => {
    e.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const response = await fetch('/api/v1/project', { headers: { Authorization: `Bearer ${token.trim()}` } });
      if (response.ok) session.login(token);
      else setError(await ApiError.of(response));
    } catch {
      setError(new Error('The server cannot be reached'));
    }
    setBusy(false);
  };

  return (
    <main className={css.page}>
      <form className={css.card} onSubmit={(e) => void enter(e)}>
        <Logo />
        <h1>Log in to Towpath</h1>
        <p className="muted">
          In the project’s folder, this prints the token: <Code>towpath token</Code>
        </p>
        <Field label="Token">
          <input
            type="password"
            autoComplete="current-password"
            autoFocus
            required
            value={token}
            onChange={(e) => setToken(e.target.value)}
          />
        </Field>
        {error && <Failure error={error} />}
        <Button type="submit" look="primary" disabled={busy || token.trim() === ''}>
          Log in
        </Button>
      </form>
    </main>
  );
}
