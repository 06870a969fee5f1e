import { type ComponentType, Suspense, useEffect, useState } from 'react';
import { client, resume } from '../api/queries';
import { live } from '../api/live';
import { useSession } from '../api/session';
import { Empty, Failure, Skeleton } from '../ui/ui';
import { Boundary, later } from './Boundary';
import css from './App.module.css';
import { Link, match, navigate, usePath } from './router';
import { Logo, Shell } from './Shell';

const Login = later(() => import('./Login'));

/** The views by their paths. Each comes when it is first looked at. */
const VIEWS: [string, ComponentType<Record<string, string>>][] = [
  ['/graph', later(() => import('../graph/GraphView'))],
  ['/runs', later(() => import('../runs/RunsView'))],
  ['/runs/:id', later(() => import('../runs/RunView'))],
  ['/builds/:id', later(() => import('../runs/BuildView'))],
  ['/flows', later(() => import('../flows/FlowsView'))],
  ['/flows/:name', later(() => import('../flows/FlowView'))],
  ['/catalog', later(() => import('../catalog/CatalogView'))],
  ['/catalog/:name', later(() => import('../catalog/TableView'))],
  ['/releases', later(() => import('../catalog/ReleasesView'))],
  ['/sql', later(() => import('../sql/SqlView'))],
  ['/dashboards', later(() => import('../dashboards/DashboardsView'))],
  ['/dashboards/:name', later(() => import('../dashboards/DashboardView'))],
  ['/apis', later(() => import('../apis/ApisView'))],
  ['/settings', later(() => import('../settings/SettingsView'))],
];

export function App() {
  const session = useSession();
  const loggedIn = typeof session === 'object';
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    if (session !== 'unknown') return;
    const known = new AbortController();
    void resume(known.signal, setError);
    return () => known.abort();
  }, [session]);
  useEffect(() => {
    if (!loggedIn) return;
    const ended = new AbortController();
    live.start(client, ended.signal);
    return () => {
      ended.abort();
      client.clear();
    };
  }, [loggedIn]);
  if (session === 'unknown') return error && <Away error={error} />;
  if (session === 'out') {
    return (
      <Boundary>
        <Suspense>
          <Login />
        </Suspense>
      </Boundary>
    );
  }
  return (
    <Shell>
      <View />
    </Shell>
  );
}

/** Nothing is known yet, not even who it is: it is asked for again and again. */
function Away({ error }: { error: Error }) {
  return (
    <main className={css.away}>
      <Logo />
      <h1>Waiting for the server</h1>
      <Failure error={error} />
      <p className="muted">It is asked again by itself, and this page goes on when it answers.</p>
    </main>
  );
}

function View() {
  const path = usePath();
  useEffect(() => {
    if (path === '/') navigate('/graph', { replace: true });
  }, [path]);
  for (const [pattern, Component] of VIEWS) {
    const found = match(pattern, path);
    if (found) {
      return (
        <Boundary key={path}>
          <Suspense fallback={<Skeleton />}>
            <Component {...found} />
          </Suspense>
        </Boundary>
      );
    }
  }
  return path === '/' ? null : (
    <Empty title="There is nothing at this address">
      <Link to="/graph">To the graph</Link>
    </Empty>
  );
}
