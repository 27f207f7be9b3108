/** Makes a link to give away: to copy, to share, to scan; and lists those that still work. */
import { Link2 } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import type { CreatedInvite, Invite } from '../../../signaling/protocol/http.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useMinutes } from '../ui/use-now.ts';
import { ShareLink } from './share-link.tsx';
import { useContactWords } from './words.ts';

export function InviteLink({ kind }: { kind: Invite['kind'] }) {
  const words = useContactWords();
  const { invites } = useMessenger();
  const [made, setMade] = useState<CreatedInvite | null>(null);
  const { busy, failure, run } = useAction();
  const make = async () => {
    const created = await run(() => invites.create(kind));
    if (created) setMade(created.value);
  };
  return (
    <div className="stack">
      <p className="quiet">{kind === 'friend' ? words.add.linkText : words.add.guestText}</p>
      {made === null ? (
        <Button look="primary" icon={<Link2 size={18} />} busy={busy} onClick={() => void make()}>
          {busy ? words.add.making : words.add.makeLink}
        </Button>
      ) : (
        <Made invite={made} />
      )}
      <Failed failure={failure} />
      <Existing kind={kind} shown={made?.id ?? null} />
    </div>
  );
}

function Made({ invite }: { invite: CreatedInvite }) {
  const { format } = useSpeech();
  const words = useContactWords();
  const now = useMinutes();
  return (
    <ShareLink
      link={`${location.origin}/i#${invite.code}`}
      label={words.add.linkLabel}
      qrLabel={words.add.qrLabel}
      hint={words.add.qrHint(format.relative(invite.expiresAt, now))}
      shareText={words.add.shareText}
    />
  );
}

function Existing({ kind, shown }: { kind: Invite['kind']; shown: string | null }) {
  const { format } = useSpeech();
  const words = useContactWords();
  const { invites } = useMessenger();
  const sayFailure = useSayFailure();
  const now = useMinutes();
  const [list, setList] = useState<readonly Invite[]>([]);
  const load = useCallback(async () => {
    const result = await invites.list();
    if (result.ok) setList(result.value.filter((invite) => invite.kind === kind));
    else sayFailure(result.failure);
  }, [invites, kind, sayFailure]);
  useEffect(() => void load(), [load, shown]);
  const revoke = async (id: string) => {
    const result = await invites.revoke(id);
    if (!result.ok) return sayFailure(result.failure);
    say({ text: words.add.revoked });
    await load();
  };
  const others = list.filter((invite) => invite.id !== shown);
  if (others.length === 0) return null;
  return (
    <section>
      <h3 className="section-name">{words.add.existing}</h3>
      <ul>
        {others.map((invite) => (
          <li key={invite.id} className="row invite-row">
            <span className="spread">
              {words.add.made(format.relative(invite.createdAt, now))}
              <span className="quiet invite-facts">
                {words.add.uses(invite.uses)} · {words.add.expires(format.relative(invite.expiresAt, now))}
              </span>
            </span>
            <Button look="quiet" onClick={() => void revoke(invite.id)}>
              {words.add.revoke}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
