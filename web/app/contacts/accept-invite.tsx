/** An invite link opened by someone who is signed in: become friends, or not. Who signed in for it is not asked again. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { InviteLook } from '../../../signaling/protocol/http.ts';
import type { Failure } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { navigate } from '../route.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { useAction } from '../ui/use-action.ts';
import { useEnterWords } from '../enter/words.ts';
import { useContactWords } from './words.ts';

interface AcceptInviteProps {
  readonly code: string;
  readonly atOnce: boolean;
}

const leave = (): void => navigate({ screen: 'list' }, 'replace');
const talkTo = (conversationId: string): void =>
  navigate({ screen: 'chat', conversationId, side: 'none' }, 'replace');

export function AcceptInvite({ code, atOnce }: AcceptInviteProps) {
  const { t, format } = useSpeech();
  const words = useContactWords();
  const door = useEnterWords();
  const { invites } = useMessenger();
  const look = useLookAt(code);
  const { busy, failure, run } = useAction();
  const accept = useCallback(async () => {
    const accepted = await run(() => invites.accept(code));
    if (accepted) talkTo(accepted.value.contactId);
  }, [run, invites, code]);
  const started = useRef(false);
  useEffect(() => {
    if (!atOnce || started.current) return;
    started.current = true;
    void accept();
  }, [atOnce, accept]);
  if (atOnce && failure === null) return null;
  const wrong = failure ?? look.failure;
  const name = look.found?.inviter.displayName;
  return (
    <Dialog open onClose={leave} title={name === undefined ? words.add.byLink : door.inviteAccept(name)}>
      <div className="stack">
        {name === undefined && wrong === null && <p className="quiet">{door.inviteLooking}</p>}
        {wrong !== null && <p role="alert">{failureText(wrong, t, format)}</p>}
        <div className="dialog-actions">
          <Button onClick={leave}>{wrong === null ? t.common.cancel : t.common.close}</Button>
          {name !== undefined && wrong === null && (
            <Button look="primary" busy={busy} onClick={() => void accept()}>
              {door.inviteAcceptAction}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function useLookAt(code: string): { readonly found: InviteLook | null; readonly failure: Failure | null } {
  const { invites } = useMessenger();
  const [found, setFound] = useState<InviteLook | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    let current = true;
    void invites.look(code).then((result) => {
      if (!current) return;
      if (result.ok) setFound(result.value);
      else setFailure(result.failure);
    });
    return () => {
      current = false;
    };
  }, [invites, code]);
  return { found, failure };
}
