import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { type Connection, useConnection } from '../api/live';
import { logout, useProject } from '../api/queries';
import { useWho } from '../api/session';
import { plural } from '../ui/format';
import { Icon, type IconName } from '../ui/icons';
import { Button, Dialog, Problems } from '../ui/ui';
import { Boundary, later } from './Boundary';
import { Link, usePath } from './router';
import css from './Shell.module.css';
import { nextTheme, type Theme, useTheme } from './theme';

const Palette = later(() => import('./Palette'));

export interface Place {
  to: string;
  title: string;
  icon: IconName;
  group: string;
}

/** Where one can go. */
export const PLACES: Place[] = [
  { to: '/graph', title: 'Graph', icon: 'graph', group: 'Build' },
  { to: '/runs', title: 'Runs', icon: 'runs', group: 'Build' },
  { to: '/flows', title: 'Flows', icon: 'flows', group: 'Build' },
  { to: '/catalog', title: 'Catalog', icon: 'catalog', group: 'Build' },
  { to: '/releases', title: 'Releases', icon: 'releases', group: 'Build' },
  { to: '/sql', title: 'SQL', icon: 'sql', group: 'Query' },
  { to: '/dashboards', title: 'Dashboards', icon: 'dashboard', group: 'Use' },
  { to: '/apis', title: 'APIs', icon: 'endpoint', group: 'Use' },
  { to: '/settings', title: 'Settings', icon: 'settings', group: 'Manage' },
];

const THEMES: Record<Theme, [IconName, string]> = {
  system: ['system', 'Theme: as the system'],
  light: ['sun', 'Theme: light'],
  dark: ['moon', 'Theme: dark'],
};

const CONNECTIONS: Record<Connection, string> = {
  connecting: 'Connecting',
  live: 'Live',
  lost: 'Reconnecting',
};

export function Logo() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0B63C5" />
      <path
        d="M7 10h18M16 10v14M9 24c2.3-2.4 4.7-2.4 7 0s4.7 2.4 7 0"
        fill="none"
        stroke="#fff"
        strokeWidth="2.8"
        strokeLinecap="round"
      />
    </svg>
  );
}

export function Shell({ children }: { children: ReactNode }) {
  const path = usePath();
  const [palette, setPalette] = useState<boolean | null>(null); // null until it is asked for
  const groups = [...new Set(PLACES.map((p) => p.group))];

  useEffect(() => {
    const open = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault();
        setPalette((shown) => !shown);
      }
    };
    window.addEventListener('keydown', open);
    return () => window.removeEventListener('keydown', open);
  }, []);

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#main">
        To the content
      </a>
      <TopBar onSearch={() => setPalette(true)} />
      <nav className={css.rail} aria-label="Views">
        {groups.map((group) => (
          <div key={group} className={css.group}>
            <h3>{group}</h3>
            {PLACES.filter((p) => p.group === group).map((place) => (
              <Link
                key={place.to}
                to={place.to}
                aria-current={path === place.to || path.startsWith(place.to + '/') ? 'page' : undefined}
              >
                <Icon name={place.icon} />
                <span>{place.title}</span>
              </Link>
            ))}
          </div>
        ))}
      </nav>
      <main id="main" className={css.main} tabIndex={-1}>
        <Edits />
        {children}
      </main>
      {palette !== null && (
        <Boundary>
          <Suspense>
            <Palette open={palette} onClose={() => setPalette(false)} />
          </Suspense>
        </Boundary>
      )}
    </div>
  );
}

function TopBar({ onSearch }: { onSearch: () => void }) {
  const project = useProject().data;
  const theme = useTheme();
  const connection = useConnection();
  const { user } = useWho();
  const [themeIcon, themeName] = THEMES[theme];
  useEffect(() => {
    if (project) document.title = `${project.name} · Towpath`;
  }, [project]);
  return (
    <header className={css.top}>
      <Link to="/graph" className={css.brand} aria-label="Towpath, to the graph">
        <Logo />
        <strong className="truncate">{project?.name ?? 'Towpath'}</strong>
      </Link>
      {project && (
        <span className={css.environment} title={`Environment ${project.environment}`}>
          {project.environment}
          <Link to="/releases">release {project.release}</Link>
        </span>
      )}
      <button type="button" className={css.find} onClick={onSearch} aria-label="Find anything, Ctrl K">
        <Icon name="search" />
        <span>Find anything</span>
        <kbd>Ctrl K</kbd>
      </button>
      <span className={css.connection} data-state={connection} role="status">
        <i />
        <span>{CONNECTIONS[connection]}</span>
      </span>
      <Button icon={themeIcon} look="quiet" aria-label={themeName} title={themeName} onClick={nextTheme} />
      <Button icon="logout" look="quiet" aria-label="Log out" title={`Log out ${user}`} onClick={() => void logout()} />
    </header>
  );
}

/** Says when the files were edited in a way that keeps the version before in force. */
function Edits() {
  const project = useProject().data;
  const [shown, show] = useState(false);
  if (!project || project.current) return null;
  return (
    <div className={css.edits} role="alert">
      <Icon name="warning" />
      <span>The last edit is not in force: {plural(project.problems.length, 'problem')}</span>
      <Button onClick={() => show(true)}>Show</Button>
      <Dialog wide title="Why the edit is not in force" open={shown} onClose={() => show(false)}>
        <Problems problems={project.problems} />
      </Dialog>
    </div>
  );
}
