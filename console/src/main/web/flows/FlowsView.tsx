import { useFlows } from '../api/queries';
import { Link } from '../app/router';
import { Status } from '../ui/Status';
import { Ago, Code, Empty, Head, Loaded } from '../ui/ui';
import { History } from './History';
import css from './flows.module.css';
import { TriggerButton } from './TriggerForm';
import { when } from './when';

export default function FlowsView() {
  return (
    <>
      <Head title="Flows">What runs by itself, and when.</Head>
      <Loaded of={useFlows()}>
        {(flows) =>
          flows.length === 0 ? (
            <Empty title="The project has no flows yet">
              A flow runs tables and jobs on a schedule. Write one: <Code>flows/nightly.yml</Code>
            </Empty>
          ) : (
            <ul className={css.flows}>
              {flows.map((flow) => (
                <li key={flow.name} className={css.card}>
                  <div className={css.what}>
                    <h2>
                      <Link to={`/flows/${encodeURIComponent(flow.name)}`}>{flow.name}</Link>{' '}
                      {flow.paused && <Status state="PAUSED" />}
                    </h2>
                    <p>{flow.description}</p>
                    <p className="muted">{when(flow)}</p>
                  </div>
                  <History flow={flow.name} />
                  <div className={css.next}>
                    <span className="muted">Next</span>{' '}
                    {flow.paused ? 'paused' : flow.next ? <Ago at={flow.next} /> : 'not planned'}
                  </div>
                  <TriggerButton flow={flow} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
