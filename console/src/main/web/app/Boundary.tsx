import { Component, type ComponentType, lazy, type ReactNode, useEffect, useRef } from 'react';
import { useConnection } from '../api/live';
import { Button, Failure } from '../ui/ui';

/** A part of the console did not come: the server is away, or has another version's parts by now. */
class NotLoaded extends Error {
  constructor() {
    super('This part of the console could not be loaded');
  }
}

/** A part that comes when it is first looked at. */
export const later = <P extends object>(load: () => Promise<{ default: ComponentType<P> }>) =>
  lazy(() =>
    load().catch(() => {
      throw new NotLoaded();
    }),
  );

/** A mistake in one view leaves the others usable. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    if (error instanceof NotLoaded) return <Missing error={error} />;
    return (
      <div style={{ padding: 20 }}>
        <Failure error={new Error(`This view has failed, which is a mistake in the console: ${error.message}`)} />
        <Button icon="retry" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </div>
    );
  }
}

/** Loads the page again when the server is back; a browser may not ask twice for a part that did not come. */
function Missing({ error }: { error: Error }) {
  const connection = useConnection();
  const away = useRef(false);
  useEffect(() => {
    if (connection === 'lost') away.current = true;
    else if (connection === 'live' && away.current) location.reload();
  }, [connection]);
  return (
    <div style={{ padding: 20 }}>
      <Failure error={error} />
      {connection === 'lost' ? (
        <p className="muted">It comes when the server can be reached again.</p>
      ) : (
        <Button icon="retry" onClick={() => location.reload()}>
          Load the page again
        </Button>
      )}
    </div>
  );
}
