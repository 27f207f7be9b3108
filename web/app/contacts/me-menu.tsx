/** Oneself at the head of the list: presence, a few words, settings. */
import { Check, ChevronDown, Settings } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { ChosenPresence } from '../../../signaling/protocol/common.ts';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import type { Me } from '../../../signaling/protocol/http.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { navigate } from '../route.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FloatButton } from '../ui/float-button.tsx';
import { useAction } from '../ui/use-action.ts';
import { useValue } from '../use-value.ts';

const CHOICES: readonly ChosenPresence[] = ['online', 'away', 'busy', 'invisible'];

export function MeMenu() {
  const { t } = useSpeech();
  const session = useValue(useMessenger().session);
  if (session.state !== 'signed-in') return null;
  const { me } = session;
  return (
    <FloatButton
      align="start"
      button={{ className: 'me', children: <MeFace me={me} /> }}
      title={t.presence.yours(t.presence[me.presence])}
      popupClass="me-popup"
      popup={(close) => (
        <>
          <PresenceChoice me={me} />
          <div className="menu-line" />
          <StatusForm me={me} onDone={close} />
          <div className="menu-line" />
          <button
            type="button"
            className="menu-item me-settings"
            onClick={() => {
              close();
              navigate({ screen: 'settings' });
            }}
          >
            <Settings size={16} /> {t.common.settings}
          </button>
        </>
      )}
    />
  );
}

function MeFace({ me }: { me: Me }) {
  const { t } = useSpeech();
  return (
    <>
      <Avatar id={me.id} name={me.displayName} presence={me.presence} />
      <span className="friend-row-text">
        <bdi className="friend-row-name clip">{me.displayName}</bdi>
        <span className="clip quiet">
          <span className="visually-hidden">{t.presence.yours(t.presence[me.presence])}</span>
          <bdi aria-hidden={me.statusText === ''}>{me.statusText || t.presence[me.presence]}</bdi>
        </span>
      </span>
      <ChevronDown size={16} aria-hidden="true" />
    </>
  );
}

function PresenceChoice({ me }: { me: Me }) {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const hints = {
    online: null,
    away: t.presence.awayHint,
    busy: t.presence.busyHint,
    invisible: t.presence.invisibleHint,
  };
  return (
    <div role="radiogroup" aria-label={t.presence.yours('')} className="menu">
      {CHOICES.map((choice) => (
        <label key={choice} className="menu-item presence-choice">
          <input
            type="radio"
            name="presence"
            className="visually-hidden"
            checked={me.presence === choice}
            onChange={() => messenger.setPresence(choice)}
          />
          <span className={`presence-dot presence-${choice} presence-inline`} aria-hidden="true" />
          <span className="spread">
            {t.presence[choice]}
            {hints[choice] !== null && <span className="quiet presence-hint">{hints[choice]}</span>}
          </span>
          {me.presence === choice && <Check size={16} aria-hidden="true" />}
        </label>
      ))}
    </div>
  );
}

function StatusForm({ me, onDone }: { me: Me; onDone: () => void }) {
  const { t, format } = useSpeech();
  const { account } = useMessenger();
  const [text, setText] = useState(me.statusText);
  const { busy, failure, run } = useAction();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (await run(() => account.updateProfile({ statusText: text.trim() }))) onDone();
  };
  return (
    <form className="status-form" onSubmit={(event) => void save(event)}>
      <Field
        label={t.presence.statusLabel}
        placeholder={t.presence.statusPlaceholder}
        value={text}
        onChange={setText}
        maxLength={LIMITS.statusTextMax}
        error={failure && failureText(failure, t, format)}
        end={
          <IconButton
            type="submit"
            label={t.presence.saveStatus}
            icon={<Check size={16} />}
            disabled={busy}
          />
        }
      />
    </form>
  );
}
