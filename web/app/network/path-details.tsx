/** What the line stands for, in words first and in exact terms below. */
import type { CandidateView, PathState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import './path-details.css';

interface PathDetailsProps {
  readonly path: PathState;
  readonly onReconnect: () => void;
}

export function PathDetails({ path, onReconnect }: PathDetailsProps) {
  const { t } = useSpeech();
  return (
    <div className="path-details">
      <p className="path-word">{t.path.word[path.path]}</p>
      <p>{t.path.says[path.path]}</p>
      {path.path === 'server' && <p className="quiet">{t.path.why[path.why]}</p>}
      <PathFacts path={path} />
      {(path.path === 'server' || path.path === 'relayed') && (
        <Button className="path-again" onClick={onReconnect}>
          {t.path.tryDirect}
        </Button>
      )}
    </div>
  );
}

function PathFacts({ path }: { path: PathState }) {
  const { t, format } = useSpeech();
  const linked = path.path === 'direct' || path.path === 'relayed';
  const rows: (readonly [string, string])[] = [];
  if (linked) {
    const family = path.remote.family === 'unknown' ? path.local.family : path.remote.family;
    rows.push([t.path.roundTrip, path.rtt === null ? t.path.measuring : t.path.ms(Math.round(path.rtt))]);
    rows.push([t.path.family, t.path.families[family]]);
    rows.push([t.path.yourEnd, end(path.local)], [t.path.theirEnd, end(path.remote)]);
  }
  if ('since' in path) rows.push([t.path.since, format.time(path.since)]);
  rows.push([t.path.sealed, t.path.sealedBy]);

  function end(candidate: CandidateView): string {
    return t.path.over(t.path.candidate[candidate.type], candidate.protocol.toUpperCase());
  }
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
