import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { client, resume } from '../api/queries';
import { live } from '../api/live';
import { useSession } from '../api/session';
import { Empty, Skeleton } from '../ui/ui';
import { Boundary } from './Boundary';
import { Link, match, navigate, usePath } from './router';
import { Shell } from './Shell';

const Login = lazy(() => import('./Login'));

/** The views by their paths. Each comes when it is first looked at. */
const VIEWS: [string, ComponentType<Record<string, string>>][] = [
  ['/graph', lazy(() => import('../graph/GraphView'))],
  ['/runs', lazy(() => import('../runs/RunsView'))],
  ['/runs/:id', lazy(() => import('../runs/RunView'))],
  ['/builds/:id', lazy(() => import('../runs/BuildView'))],
  ['/flows', lazy(() => import('../flows/FlowsView'))],
  ['/flows/:name', lazy(() => import('../flows/FlowView'))],
  ['/catalog', lazy(() => import('../catalog/CatalogView'))],
  ['/catalog/:name', lazy(() => import('../catalog/TableView'))],
  ['/releases', lazy(() => import('../catalog/ReleasesView'))],
  ['/sql', lazy(() => import('../sql/SqlView'))],
  ['/dashboards', lazy(() => import('../dashboards/DashboardsView'))],
  ['/dashboards/:name', lazy(() => import('../dashboards/DashboardView'))],
  ['/apis', lazy(() => import('../apis/ApisView'))],
  ['/settings', lazy(() => import('../settings/SettingsView'))],
];

export function App() {
  const session = useSession();
  const loggedIn = typeof session === 'object';
  useEffect(() => {
    if (session === 'unknown') void resume();
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
  if (session === 'unknown') return null;
  if (session === 'out') {
    return (
      <Suspense>
        <Login />
      </Suspense>
    );
  }
  return (
    <Shell>
      <View />
    </Shell>
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
