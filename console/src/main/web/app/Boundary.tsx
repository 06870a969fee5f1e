import { Component, type ReactNode } from 'react';
import { Button, Failure } from '../ui/ui';

/** A mistake in one view leaves the others usable. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
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
