/** What the line stands for, in words first and in exact terms below. */
import type { CandidateView, PathState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import { usePathWords } from './words.ts';
import './path-details.css';

interface PathDetailsProps {
  readonly path: PathState;
  readonly onReconnect: () => void;
}

export function PathDetails({ path, onReconnect }: PathDetailsProps) {
  const { t } = useSpeech();
  const words = usePathWords();
  return (
    <div className="path-details">
      <p className="path-word">{t.path.word[path.path]}</p>
      <p>{words.says[path.path]}</p>
      {path.path === 'server' && <p className="quiet">{words.why[path.why]}</p>}
      <PathFacts path={path} />
      {(path.path === 'server' || path.path === 'relayed') && (
        <Button className="path-again" onClick={onReconnect}>
          {words.tryDirect}
        </Button>
      )}
    </div>
  );
}

function PathFacts({ path }: { path: PathState }) {
  const { format } = useSpeech();
  const words = usePathWords();
  const linked = path.path === 'direct' || path.path === 'relayed';
  const rows: (readonly [string, string])[] = [];
  if (linked) {
    const family = path.remote.family === 'unknown' ? path.local.family : path.remote.family;
    rows.push([words.roundTrip, path.rtt === null ? words.measuring : words.ms(Math.round(path.rtt))]);
    rows.push([words.family, words.families[family]]);
    rows.push([words.yourEnd, end(path.local)], [words.theirEnd, end(path.remote)]);
  }
  if ('since' in path) rows.push([words.since, format.time(path.since)]);
  rows.push([words.sealed, words.sealedBy]);

  function end(candidate: CandidateView): string {
    return words.over(words.candidate[candidate.type], candidate.protocol.toUpperCase());
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
