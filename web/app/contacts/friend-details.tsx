/** About one friend: names, presence, the way to them, and the ways to part. */
import { Ban, UserMinus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Contact } from '../../../signaling/protocol/http.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { PathState } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { PathDetails } from '../network/path-details.tsx';
import { navigate } from '../route.ts';
import { FriendSecurity } from '../security/friend-security.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Failed } from '../ui/failed.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { Switch } from '../ui/switch.tsx';
import { say, useSayFailure } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { useMinutes } from '../ui/use-now.ts';
import { DetailsPane } from './details-pane.tsx';
import { nameOf, presenceText } from './people.ts';
import { useContactWords } from './words.ts';

interface FriendDetailsProps {
  readonly friend: Contact;
  readonly path: PathState;
  readonly onReconnect: () => void;
}

export function FriendDetails({ friend, path, onReconnect }: FriendDetailsProps) {
  const { t, format } = useSpeech();
  const words = useContactWords();
  const now = useMinutes();
  return (
    <DetailsPane id={friend.id} title={words.friend.title}>
      <div className="details-who">
        <Avatar id={friend.id} name={nameOf(friend)} size="large" presence={friend.presence.state} />
        <bdi className="details-name">{nameOf(friend)}</bdi>
        {friend.kind === 'guest' && <span className="tag">{t.common.guest}</span>}
        <p className="quiet">{presenceText(friend, t, format, now)}</p>
        {friend.presence.statusText !== '' && (
          <bdi className="details-status">{friend.presence.statusText}</bdi>
        )}
      </div>
      <dl className="facts details-facts">
        {friend.userName !== null && <Fact name={words.friend.userName} value={friend.userName} />}
        {friend.alias !== '' && <Fact name={words.friend.displayName} value={friend.displayName} />}
        <Fact name={words.friend.since} value={format.full(friend.since)} />
      </dl>
      {friend.kind === 'guest' && <p className="quiet">{words.friend.guestNote}</p>}
      <Rename key={friend.id} friend={friend} />
      <Mute friend={friend} />
      <FriendSecurity friend={friend} />
      <section>
        <h3 className="section-name">{words.friend.connection}</h3>
        <PathDetails path={path} onReconnect={onReconnect} />
      </section>
      <Parting friend={friend} />
    </DetailsPane>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}

function Rename({ friend }: { friend: Contact }) {
  const { t, format } = useSpeech();
  const words = useContactWords();
  const { people } = useMessenger();
  const [alias, setAlias] = useState(friend.alias);
  const { busy, failure, run } = useAction();
  const changed = alias.trim() !== friend.alias;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => people.rename(friend.id, alias.trim()))) say({ text: words.friend.renamed });
  };
  return (
    <form className="row details-rename" onSubmit={(event) => void save(event)}>
      <div className="spread">
        <Field
          label={words.friend.alias}
          hint={words.friend.aliasHint}
          placeholder={friend.displayName}
          value={alias}
          onChange={setAlias}
          maxLength={LIMITS.aliasMax}
          error={failure && failureText(failure, t, format)}
        />
      </div>
      {changed && (
        <Button type="submit" busy={busy}>
          {t.common.save}
        </Button>
      )}
    </form>
  );
}

function Mute({ friend }: { friend: Contact }) {
  const words = useContactWords();
  const { people } = useMessenger();
  const sayFailure = useSayFailure();
  const mute = async (muted: boolean) => {
    const result = await people.mute(friend.id, muted);
    if (!result.ok) sayFailure(result.failure);
  };
  return (
    <Switch
      label={words.friend.mute}
      hint={words.friend.muteHint}
      checked={friend.muted === true}
      onChange={(muted) => void mute(muted)}
    />
  );
}

function Parting({ friend }: { friend: Contact }) {
  const { t } = useSpeech();
  const words = useContactWords();
  const { people } = useMessenger();
  const [asking, setAsking] = useState<'remove' | 'block' | null>(null);
  const { busy, failure, run } = useAction();
  const name = nameOf(friend);
  const close = () => setAsking(null);
  const leave = (text: string, undo?: () => void) => {
    close();
    navigate({ screen: 'list' }, 'replace');
    say({ text, ...(undo === undefined ? {} : { action: { label: t.common.undo, run: undo } }) });
  };
  const remove = async () => {
    if (await run(() => people.remove(friend.id))) leave(words.friend.removed(name));
  };
  const block = async () => {
    const undo = () => void run(() => people.unblock(friend.id));
    if (await run(() => people.block(friend.id))) leave(t.friend.blocked(name), undo);
  };
  return (
    <div className="stack details-parting">
      <Button look="danger" icon={<UserMinus size={16} />} onClick={() => setAsking('remove')}>
        {words.friend.remove}
      </Button>
      <Button look="danger" icon={<Ban size={16} />} onClick={() => setAsking('block')}>
        {words.friend.block}
      </Button>
      <Failed failure={failure} />
      <Confirm
        open={asking === 'remove'}
        onClose={close}
        title={words.friend.removeTitle(name)}
        text={words.friend.removeText}
        action={t.common.remove}
        busy={busy}
        onConfirm={() => void remove()}
      />
      <Confirm
        open={asking === 'block'}
        onClose={close}
        title={words.friend.blockTitle(name)}
        text={words.friend.blockText}
        action={words.friend.block}
        busy={busy}
        onConfirm={() => void block()}
      />
    </div>
  );
}
