/** After the first message of a session, asks whether an answer should be told of; only then does the browser ask. */
import { Bell } from 'lucide-react';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { askPermission, canNotify, isDenied } from '../notices/desktop.ts';
import { Button } from '../ui/button.tsx';
import { say } from '../ui/toasts.tsx';
import { useValue } from '../use-value.ts';
import { useChatWords } from './words.ts';

export function NotifyPrompt({ sent }: { sent: number }) {
  const { t } = useSpeech();
  const words = useChatWords();
  const messenger = useMessenger();
  const { notifications } = useValue(messenger.preferences);
  if (sent === 0 || notifications !== 'ask' || !canNotify() || isDenied()) return null;
  const allow = async () => {
    const granted = await askPermission();
    messenger.setPreferences({ notifications: granted ? 'on' : 'off' });
    if (!granted && isDenied()) say({ text: words.notifyDenied });
  };
  return (
    <section className="notify-prompt">
      <Bell size={18} aria-hidden="true" />
      <p className="spread">{words.notifyAsk}</p>
      <div className="row notify-answers">
        <Button look="quiet" onClick={() => messenger.setPreferences({ notifications: 'off' })}>
          {t.common.notNow}
        </Button>
        <Button look="primary" onClick={() => void allow()}>
          {t.common.turnOn}
        </Button>
      </div>
    </section>
  );
}
