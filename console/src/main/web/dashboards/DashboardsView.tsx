import { Link } from '../app/router';
import { plural } from '../ui/format';
import { Icon } from '../ui/icons';
import { Code, Empty, Head, Loaded } from '../ui/ui';
import css from './dashboards.module.css';
import { useDashboards } from './source';

export default function DashboardsView() {
  return (
    <Loaded of={useDashboards()}>
      {(dashboards) => (
        <>
          <Head title="Dashboards">
            {dashboards.length > 0 && `${plural(dashboards.length, 'dashboard')}, each a file of the project`}
          </Head>
          {dashboards.length === 0 ? (
            <Empty title="The project has no dashboards yet">
              Write one: <Code>dashboards/first.md</Code>
            </Empty>
          ) : (
            <ul className={css.list}>
              {dashboards.map((d) => {
                const broken = d.problems.filter((p) => p.severity !== 'warning').length;
                return (
                  <li key={d.name}>
                    <Link to={`/dashboards/${encodeURIComponent(d.name)}`}>
                      <Icon name="dashboard" />
                      <h2>
                        <bdi>{d.title}</bdi>
                      </h2>
                    </Link>
                    {d.description && (
                      <p>
                        <bdi>{d.description}</bdi>
                      </p>
                    )}
                    <p className="muted">
                      <code>{d.file}</code>
                    </p>
                    {broken > 0 && (
                      <p className={css.wrong}>
                        <Icon name="failed" /> {plural(broken, 'problem')}
                      </p>
                    )}
                  </li>
                );
              })}
            </ul>
          )}
        </>
      )}
    </Loaded>
  );
}
