/** Catches what a part of the page throws while it is drawn, and says what to do. */
import { Component, type ReactNode } from 'react';
import { type Messages } from '../i18n/en.ts';
import { SpeechContext, type Speech } from '../i18n/index.ts';
import { Button } from './button.tsx';
import './error-boundary.css';

interface State {
  readonly error: unknown;
  readonly failed: boolean;
}

/** A script that could not be loaded: the network, or a build that is gone. */
const isLoadFailure = (error: unknown): boolean =>
  error instanceof TypeError && /import|module script|preload/i.test(error.message);

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  static override contextType = SpeechContext;
  declare context: Speech;
  override state: State = { error: null, failed: false };

  static getDerivedStateFromError(error: unknown): State {
    return { error, failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <Stopped error={this.state.error} t={this.context.t} />;
  }
}

function Stopped({ error, t }: { error: unknown; t: Messages }) {
  const loading = isLoadFailure(error);
  return (
    <section className="stopped" role="alert">
      <h2>{t.errors.title}</h2>
      <p className="quiet">{loading ? t.errors.chunk : t.errors.text}</p>
      <Button look="primary" onClick={() => location.reload()}>
        {t.common.reload}
      </Button>
      <details className="quiet">
        <summary>{t.errors.details}</summary>
        <code>{String(error)}</code>
      </details>
    </section>
  );
}
