/** People who ask to be friends, and those who were asked and have not answered. */
import { Ban, EllipsisVertical, X } from 'lucide-react';
import type { IncomingRequest, OutgoingRequest } from '../../../signaling/protocol/http.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { openChat } from '../route.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { MenuButton } from '../ui/menu-button.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';

export function IncomingRequests({ requests }: { requests: readonly IncomingRequest[] }) {
  const { t } = useSpeech();
  if (requests.length === 0) return null;
  return (
    <section className="requests" aria-label={t.list.requests}>
      <h2 className="section-name">{t.list.requests}</h2>
      <ul>
        {requests.map((request) => (
          <Incoming key={request.id} request={request} />
        ))}
      </ul>
    </section>
  );
}

function Incoming({ request }: { request: IncomingRequest }) {
  const { t } = useSpeech();
  const { people } = useMessenger();
  const { busy, run } = useReportingAction();
  const { id, displayName, userName } = request;
  const accept = async () => {
    if (await run(() => people.accept(id))) {
      say({ text: t.list.accepted(displayName), action: { label: t.notices.open, run: () => openChat(id) } });
    }
  };
  const decline = async () => {
    if (await run(() => people.decline(id))) say({ text: t.list.declined(displayName) });
  };
  const unblock = async () => {
    if (await run(() => people.unblock(id))) say({ text: t.friend.unblocked(displayName) });
  };
  const block = async () => {
    if (!(await run(() => people.block(id)))) return;
    say({ text: t.friend.blocked(displayName), action: { label: t.common.undo, run: () => void unblock() } });
  };
  return (
    <li className="request">
      <Avatar id={id} name={displayName} />
      <span className="friend-row-text">
        <bdi className="friend-row-name clip">{displayName}</bdi>
        {userName !== null && <bdi className="clip quiet">{userName}</bdi>}
      </span>
      <Button look="primary" className="request-accept" busy={busy} onClick={() => void accept()}>
        {t.list.accept}
      </Button>
      <MenuButton
        label={t.common.more}
        icon={<EllipsisVertical size={18} />}
        disabled={busy}
        entries={[
          { label: t.list.decline, icon: <X size={16} />, run: () => void decline() },
          { label: t.list.block, icon: <Ban size={16} />, run: () => void block(), danger: true },
        ]}
      />
    </li>
  );
}

export function OutgoingRequests({ requests }: { requests: readonly OutgoingRequest[] }) {
  const { t } = useSpeech();
  if (requests.length === 0) return null;
  return (
    <section className="requests" aria-label={t.list.outgoing}>
      <h2 className="section-name">{t.list.outgoing}</h2>
      <ul>
        {requests.map((request) => (
          <Outgoing key={request.id} request={request} />
        ))}
      </ul>
    </section>
  );
}

function Outgoing({ request }: { request: OutgoingRequest }) {
  const { t } = useSpeech();
  const { people } = useMessenger();
  const { busy, run } = useReportingAction();
  return (
    <li className="request">
      <Avatar id={request.userName} name={request.userName} />
      <bdi className="spread clip">{request.userName}</bdi>
      <IconButton
        label={t.list.withdraw}
        icon={<X size={18} />}
        disabled={busy}
        onClick={() => void run(() => people.withdraw(request.id))}
      />
    </li>
  );
}

/** As useAction, with the failure told in a toast: a row has no room for a sentence. */
function useReportingAction(): Pick<ReturnType<typeof useAction>, 'busy' | 'run'> {
  const sayFailure = useSayFailure();
  const { busy, run } = useAction();
  return {
    busy,
    run: (work) =>
      run(async () => {
        const result = await work();
        if (!result.ok) sayFailure(result.failure);
        return result;
      }),
  };
}
