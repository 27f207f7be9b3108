/** The door: log in, make an account, or come as a guest by an invite link. */
import { lazy, Suspense, useEffect, useState } from 'react';
import type { Info, InviteLook } from '../../../signaling/protocol/http.ts';
import type { Failure, SessionState } from '../../core/model.ts';
import { Mark } from '../brand/mark.tsx';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { GuestForm } from './guest-form.tsx';
import { LanguageChoice } from './language-choice.tsx';
import { LogInForm } from './log-in-form.tsx';
import { useEnterWords } from './words.ts';
import '../ui/tabs.css';
import './enter.css';

/** Fetched while the door is looked at: whoever is signed in already never needs it. */
const loadRegisterForm = () => import('./register-form.tsx');
const RegisterForm = lazy(() => loadRegisterForm().then((module) => ({ default: module.RegisterForm })));

type Way = 'log-in' | 'register' | 'guest';

interface EnterScreenProps {
  readonly reason: Extract<SessionState, { state: 'signed-out' }>['reason'];
  /** The code of the invite link that was opened, if one was. */
  readonly code: string | null;
  /** The link of a group was opened, which shows itself once somebody is signed in. */
  readonly joining: boolean;
}

export type Invited =
  | { readonly state: 'none' }
  | { readonly state: 'looking' }
  | { readonly state: 'known'; readonly code: string; readonly look: InviteLook }
  | { readonly state: 'failed'; readonly failure: Failure };

export function EnterScreen({ reason, code, joining }: EnterScreenProps) {
  const { t, format } = useSpeech();
  const words = useEnterWords();
  const invited = useInvite(code);
  const info = useInfo();
  const guest = invited.state === 'known' && invited.look.kind === 'guest';
  const [chosen, setChosen] = useState<Way | null>(null);
  const way = chosen ?? (guest ? 'guest' : 'log-in');
  const accepted = invited.state === 'known' ? invited.code : null;

  useEffect(() => {
    // Without success now, the tab that shows it fetches it again.
    loadRegisterForm().catch(() => undefined);
  }, []);
  return (
    <main className="enter">
      <div className="enter-card">
        <header className="enter-head">
          <Mark size={56} />
          <h1>{words.headline}</h1>
          {invited.state === 'none' && reason === 'never' && <p className="quiet">{words.lead}</p>}
        </header>
        {reason !== 'never' && (
          <p className="enter-note" role="status">
            {words.reason[reason]}
          </p>
        )}
        {joining && <p className="enter-note">{words.groupInvited}</p>}
        {invited.state === 'looking' && <p className="enter-note">{words.inviteLooking}</p>}
        {invited.state === 'failed' && (
          <p className="enter-note enter-note-wrong" role="alert">
            {failureText(invited.failure, t, format)}
          </p>
        )}
        {invited.state === 'known' && (
          <div className="enter-note" role="status">
            <p className="enter-invited">{words.invitedBy(invited.look.inviter.displayName)}</p>
            <p>{way === 'guest' ? words.guestLead : words.invitedSignIn}</p>
          </div>
        )}
        {way === 'guest' && accepted !== null ? (
          <GuestForm code={accepted} />
        ) : (
          <AccountForms way={way} onWay={setChosen} info={info} invite={accepted} />
        )}
        {guest && (
          <Button look="quiet" onClick={() => setChosen(way === 'guest' ? 'log-in' : 'guest')}>
            {way === 'guest' ? words.guestInstead : words.guestBack}
          </Button>
        )}
      </div>
      <LanguageChoice />
    </main>
  );
}

interface AccountFormsProps {
  readonly way: Way;
  readonly onWay: (way: Way) => void;
  readonly info: Info | null;
  readonly invite: string | null;
}

function AccountForms({ way, onWay, info, invite }: AccountFormsProps) {
  const words = useEnterWords();
  const registration = info?.registration ?? 'open';
  const refused =
    registration === 'closed'
      ? words.closed
      : registration === 'invite' && invite === null
        ? words.inviteOnly
        : null;
  const ways = [
    ['log-in', words.logIn],
    ['register', words.register],
  ] as const;
  return (
    <div className="stack">
      <div className="tabs" role="group" aria-label={words.logIn}>
        {ways.map(([name, label]) => (
          <button
            key={name}
            type="button"
            className="tab"
            aria-pressed={way === name}
            data-active={way === name || undefined}
            onClick={() => onWay(name)}
          >
            {label}
          </button>
        ))}
      </div>
      {way !== 'register' && <LogInForm />}
      {way === 'register' &&
        (refused === null ? (
          <Suspense fallback={null}>
            <RegisterForm invite={invite} />
          </Suspense>
        ) : (
          <p className="quiet">{refused}</p>
        ))}
    </div>
  );
}

function useInvite(code: string | null): Invited {
  const { invites } = useMessenger();
  const [invited, setInvited] = useState<Invited>({ state: code === null ? 'none' : 'looking' });
  useEffect(() => {
    if (code === null) return setInvited({ state: 'none' });
    let current = true;
    setInvited({ state: 'looking' });
    void invites.look(code).then((result) => {
      if (!current) return;
      setInvited(
        result.ok
          ? { state: 'known', code, look: result.value }
          : { state: 'failed', failure: result.failure },
      );
    });
    return () => {
      current = false;
    };
  }, [code, invites]);
  return invited;
}

/** Null until known, and if the server is out of reach: the forms then say so when they are sent. */
function useInfo(): Info | null {
  const { account } = useMessenger();
  const [info, setInfo] = useState<Info | null>(null);
  useEffect(() => {
    let current = true;
    void account.info().then((result) => {
      if (current && result.ok) setInfo(result.value);
    });
    return () => {
      current = false;
    };
  }, [account]);
  return info;
}
