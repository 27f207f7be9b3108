/** Somebody rings: who, how, and the answers. */
import { Phone, PhoneOff, Video } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { CallKind, CallView } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';
import { chime } from '../notices/chime.ts';
import { notify } from '../notices/desktop.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { say } from '../ui/toasts.tsx';
import { useCallWords } from './words.ts';
import './incoming.css';

const RING_EVERY_MS = 2_500;

interface IncomingProps {
  readonly call: CallView;
  readonly friendName: string;
}

export function Incoming({ call, friendName }: IncomingProps) {
  const words = useCallWords();
  const { calls } = useMessenger();
  const first = useRef<HTMLButtonElement>(null);
  useRinging(call, friendName);
  useEffect(() => first.current?.focus(), []);
  const answer = (kind: CallKind) => {
    void calls.answer(kind).then((problem) => {
      if (problem) say({ text: words.problem[problem], key: 'call-problem', urgent: true });
    });
  };
  return (
    <div
      className="incoming"
      role="alertdialog"
      aria-labelledby="incoming-who"
      aria-describedby="incoming-what"
    >
      <Avatar id={call.friendId} name={friendName} size="large" />
      <div className="spread">
        <h2 id="incoming-who" className="clip">
          <bdi>{friendName}</bdi>
        </h2>
        <p id="incoming-what" className="quiet">
          {words.incoming(call.kind)}
        </p>
      </div>
      <div className="incoming-answers">
        {call.kind === 'video' && (
          <Button
            ref={first}
            look="primary"
            icon={<Video size={18} />}
            aria-label={words.answerVideo}
            onClick={() => answer('video')}
          >
            {words.answer}
          </Button>
        )}
        <Button
          ref={call.kind === 'voice' ? first : undefined}
          look={call.kind === 'voice' ? 'primary' : 'plain'}
          icon={<Phone size={18} />}
          aria-label={call.kind === 'voice' ? undefined : words.answerVoice}
          onClick={() => answer('voice')}
        >
          {call.kind === 'voice' ? words.answer : words.voiceOnly}
        </Button>
        <Button icon={<PhoneOff size={18} />} onClick={() => calls.end()}>
          {words.decline}
        </Button>
      </div>
    </div>
  );
}

/** A sound, unless the person is busy or has switched sounds off; a notice of the system while the tab is hidden. */
function useRinging(call: CallView, friendName: string): void {
  const words = useCallWords();
  const messenger = useMessenger();
  const body = words.incoming(call.kind);
  useEffect(() => {
    const session = messenger.session.get();
    const { sounds, notifications } = messenger.preferences.get();
    if (session.state !== 'signed-in' || session.me.presence === 'busy') return undefined;
    if (document.visibilityState === 'hidden' && notifications === 'on') {
      void notify({ title: friendName, body, conversationId: call.friendId, onOpen: () => window.focus() });
    }
    if (!sounds) return undefined;
    chime();
    const timer = setInterval(chime, RING_EVERY_MS);
    return () => clearInterval(timer);
  }, [messenger, call.friendId, friendName, body]);
}
