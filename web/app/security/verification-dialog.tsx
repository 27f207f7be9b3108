/** Two people, or two devices of one, compare seven emoji, or one scans the other's code: each step, with a way out. */
import { ShieldAlert, ShieldCheck, Smartphone } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import type { Verification } from '../../core/model.ts';
import { nameOf, useContacts } from '../contacts/people.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { canScan, CodeCamera } from './code-camera.tsx';
import { EmojiTable } from './emoji-table.tsx';
import { useSecurityWords } from './words.ts';
import type { SecurityWords } from './words-en.ts';
import './verification.css';

interface VerificationDialogProps {
  readonly verification: Verification;
  readonly me: Me;
}

export function VerificationDialog({ verification, me }: VerificationDialogProps) {
  const { security } = useMessenger();
  const { compare } = useSecurityWords();
  const { userId, phase } = verification;
  const friend = useContacts().get(userId);
  const name = userId === me.id ? null : friend === undefined ? '' : nameOf(friend);
  const opener = useOpener();
  return (
    <Dialog
      open
      stays
      onClose={() => security.dismiss(false)}
      returnTo={opener}
      title={name === null ? compare.titleDevice : compare.titleFriend(name)}
    >
      <Stage at={phase.at}>
        <Step phase={phase} userId={userId} name={name} />
      </Stage>
    </Dialog>
  );
}

/** What had the focus before; the button that asks for a comparison is gone after it, unlike the pane that it was in. */
function useOpener(): () => HTMLElement | null {
  const [before] = useState(() => {
    const button = document.activeElement;
    return [button, button?.parentElement?.closest('[tabindex]')];
  });
  return () =>
    before.find(
      (each): each is HTMLElement =>
        each instanceof HTMLElement && each.isConnected && each !== document.body,
    ) ?? null;
}

/**
 * Has the focus at each step, and reads it out. At the first, because the dialog may open by itself: a key that was meant
 * for something else must answer nothing. At the others, because the button that led there is gone.
 */
function Stage({ at, children }: { at: Verification['phase']['at']; children: ReactNode }) {
  const stage = useRef<HTMLDivElement>(null);
  useEffect(() => stage.current?.focus({ preventScroll: true }), [at]);
  return (
    <div className="verification" ref={stage} tabIndex={-1} role="status">
      {children}
    </div>
  );
}

interface StepProps {
  readonly phase: Verification['phase'];
  readonly userId: string;
  /** Null for another device of one's own. */
  readonly name: string | null;
}

function Step({ phase, userId, name }: StepProps) {
  switch (phase.at) {
    case 'asked':
      return <Asked userId={userId} name={name} />;
    case 'waiting':
      return <Waiting userId={userId} name={name} />;
    case 'choosing':
      return <Choosing code={phase.code} name={name} />;
    case 'scanned':
      return <Scanned name={name} />;
    case 'comparing':
      return <Comparing emoji={phase.emoji} name={name} />;
    case 'done':
      return <Done name={name} />;
    case 'ended':
      return <Ended why={phase.why} userId={userId} name={name} />;
  }
}

type Who = Pick<StepProps, 'userId' | 'name'>;

function Face({ userId, name }: Who) {
  if (name === null) return <Smartphone className="verification-sign" size={40} aria-hidden="true" />;
  return <Avatar id={userId} name={name} size="large" />;
}

function Asked({ userId, name }: Who) {
  const { t } = useSpeech();
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  return (
    <>
      <Face userId={userId} name={name} />
      <p>{name === null ? compare.askedDevice : compare.askedFriend(name)}</p>
      <p className="quiet">{name === null ? compare.howDevice : compare.how}</p>
      <div className="dialog-actions">
        <Button onClick={() => security.dismiss(false)}>{t.common.notNow}</Button>
        <Button look="primary" onClick={() => security.agree()}>
          {compare.agree}
        </Button>
      </div>
    </>
  );
}

function Waiting({ userId, name }: Who) {
  const { t } = useSpeech();
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  return (
    <>
      <Face userId={userId} name={name} />
      <p className="verification-title">
        {name === null ? compare.waitingDevice : compare.waitingFriend(name)}
      </p>
      <p className="quiet">{compare.waitingText}</p>
      <div className="dialog-actions">
        <Button onClick={() => security.dismiss(false)}>{t.common.cancel}</Button>
      </div>
    </>
  );
}

function Choosing({ code, name }: { code: string | null; name: string | null }) {
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  const [scanning, setScanning] = useState(false);
  const [problem, setProblem] = useState<'noCamera' | 'otherCode' | null>(null);
  const scan = useCallback(
    async (text: string) => {
      const scanned = await security.scan(text);
      if (!scanned.ok && scanned.failure.code === 'bad-request') setProblem('otherCode');
      return scanned.ok;
    },
    [security],
  );
  const refused = useCallback(() => {
    setScanning(false);
    setProblem('noCamera');
  }, []);
  const turn = () => {
    setScanning(!scanning);
    setProblem(null);
  };
  return (
    <>
      {(code !== null || canScan()) && <p>{howToCompare(compare, name, scanning)}</p>}
      {scanning ? (
        <CodeCamera onText={scan} onRefused={refused} />
      ) : (
        code !== null && <QrCode text={code} label={compare.codeLabel} />
      )}
      <p className="quiet" data-problem={problem !== null || undefined}>
        {problem !== null ? compare[problem] : name === null ? compare.howDevice : compare.apart}
      </p>
      <div className="dialog-actions">
        {canScan() && (
          <Button onClick={turn}>
            {scanning ? compare.showCode : name === null ? compare.scanDevice : compare.scan}
          </Button>
        )}
        <Button look="primary" onClick={() => security.compare()}>
          {compare.emoji}
        </Button>
      </div>
    </>
  );
}

function howToCompare(compare: SecurityWords['compare'], name: string | null, scanning: boolean): string {
  if (scanning) return name === null ? compare.scanningDevice : compare.scanning(name);
  if (canScan()) return name === null ? compare.chooseDevice : compare.choose(name);
  return name === null ? compare.showDevice : compare.show(name);
}

function Scanned({ name }: { name: string | null }) {
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  return (
    <>
      <p className="verification-title">{name === null ? compare.scannedDevice : compare.scanned(name)}</p>
      <p className="quiet">{compare.scannedText}</p>
      <div className="dialog-actions">
        <Button onClick={() => security.dismiss(true)}>{compare.notScanned}</Button>
        <Button look="primary" onClick={() => security.confirm()}>
          {compare.yesScanned}
        </Button>
      </div>
    </>
  );
}

type Compared = Extract<Verification['phase'], { at: 'comparing' }>['emoji'];

function Comparing({ emoji, name }: { emoji: Compared; name: string | null }) {
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  return (
    <>
      <p>{name === null ? compare.questionDevice : compare.question(name)}</p>
      <EmojiTable emoji={emoji} />
      <p className="quiet">{name === null ? compare.howDevice : compare.how}</p>
      <div className="dialog-actions">
        <Button onClick={() => security.dismiss(true)}>{compare.different}</Button>
        <Button look="primary" onClick={() => security.confirm()}>
          {compare.same}
        </Button>
      </div>
    </>
  );
}

function Done({ name }: { name: string | null }) {
  const { t } = useSpeech();
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  return (
    <>
      <ShieldCheck className="verification-sign" data-good size={48} aria-hidden="true" />
      <p className="verification-title">{compare.doneTitle}</p>
      <p>{name === null ? compare.doneDevice : compare.doneFriend(name)}</p>
      <div className="dialog-actions">
        <Button look="primary" onClick={() => security.dismiss(false)}>
          {t.common.close}
        </Button>
      </div>
    </>
  );
}

type Why = Extract<Verification['phase'], { at: 'ended' }>['why'];

function Ended({ why, userId, name }: Who & { why: Why }) {
  const { t } = useSpeech();
  const { compare } = useSecurityWords();
  const { security } = useMessenger();
  const again = () => {
    security.dismiss(false);
    security.verify(userId);
  };
  return (
    <>
      {why === 'different' ? (
        <ShieldAlert className="verification-sign" data-bad size={48} aria-hidden="true" />
      ) : (
        <Face userId={userId} name={name} />
      )}
      <p className="verification-title">{compare.endedTitle[why]}</p>
      <p>{why === 'different' && name === null ? compare.differentDevice : compare.ended[why]}</p>
      <div className="dialog-actions">
        {(why === 'timeout' || why === 'failed') && <Button onClick={again}>{t.common.tryAgain}</Button>}
        <Button look="primary" onClick={() => security.dismiss(false)}>
          {t.common.close}
        </Button>
      </div>
    </>
  );
}
