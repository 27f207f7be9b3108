/** The link of a group was opened: says what one would join, and lets one decide. */
import { useEffect, useState } from 'react';
import type { LinkLook } from '../../core/group-model.ts';
import type { Failure } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { navigate } from '../route.ts';
import { GroupFace } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useAction } from '../ui/use-action.ts';
import { useGroupWords } from './words.ts';
import '../contacts/details-pane.css';
import './groups.css';

const leave = (): void => navigate({ screen: 'list' }, 'replace');

export function JoinGroup({ code }: { code: string }) {
  const { t, format } = useSpeech();
  const { join: words } = useGroupWords();
  const { groups } = useMessenger();
  const { look, problem, again } = useLook(code);
  const { busy, failure, run } = useAction();
  const wrong = failure ?? problem;
  const join = async () => {
    const joined = await run(() => groups.joinByLink(code));
    if (joined) navigate({ screen: 'chat', conversationId: joined.value, side: 'none' }, 'replace');
  };
  return (
    <Dialog open onClose={leave} title={words.title}>
      <div className="stack">
        {look !== null && <Look look={look} />}
        {look === null && wrong === null && <p className="quiet">{words.looking}</p>}
        {wrong !== null && (
          <p role="alert">
            {wrong.code === 'not-found' || wrong.code === 'forbidden'
              ? words.invalid
              : failureText(wrong, t, format)}
          </p>
        )}
        <div className="dialog-actions">
          <Button onClick={leave}>{wrong === null ? t.common.notNow : t.common.close}</Button>
          {problem !== null && isPassing(problem) && <Button onClick={again}>{t.common.tryAgain}</Button>}
          {look !== null && problem === null && (
            <Button look="primary" busy={busy} onClick={() => void join()}>
              {words.action}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Look({ look }: { look: LinkLook }) {
  const { t } = useSpeech();
  const { join: words, head } = useGroupWords();
  return (
    <div className="details-who">
      <GroupFace group={{ id: look.name, name: look.name, picture: look.picture }} size="large" />
      <bdi className="details-name">{look.name || t.group.unnamed}</bdi>
      <p className="quiet">{head.members(look.memberCount)}</p>
      {look.topic !== '' && <bdi className="details-status">{look.topic}</bdi>}
      <p className="quiet group-join-text">{words.text}</p>
    </div>
  );
}

/** A page that has just been opened is not ready for groups before its engine is loaded and the server reached. */
const TRIES = 20;
const PAUSE = 1_000;
const isPassing = ({ code }: Failure): boolean => code === 'unavailable' || code === 'network';

interface Looked {
  readonly look: LinkLook | null;
  readonly problem: Failure | null;
  readonly again: () => void;
}

function useLook(code: string): Looked {
  const { groups } = useMessenger();
  const [look, setLook] = useState<LinkLook | null>(null);
  const [problem, setProblem] = useState<Failure | null>(null);
  const [tried, setTried] = useState(0);
  useEffect(() => {
    let current = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    void groups.lookLink(code).then((result) => {
      if (!current) return;
      if (result.ok) setLook(result.value);
      else if (isPassing(result.failure) && tried < TRIES) {
        timer = setTimeout(() => setTried(tried + 1), PAUSE);
      } else setProblem(result.failure);
    });
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [groups, code, tried]);
  const again = () => {
    setProblem(null);
    setTried(0);
  };
  return { look, problem, again };
}
