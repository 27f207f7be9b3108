/** Everything about oneself and this page, on one scroll. */
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
import { HistorySection } from '../history/history-section.tsx';
import { useHistoryWords } from '../history/words.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { goBack } from '../route.ts';
import { SecuritySection } from '../security/security-section.tsx';
import { useSecurityWords } from '../security/words.ts';
import { IconButton } from '../ui/button.tsx';
import { useEscape } from '../ui/use-shortcut.ts';
import { useValue } from '../use-value.ts';
import { AccountSection } from './account-section.tsx';
import { BlockedSection } from './blocked-section.tsx';
import { DevicesSection } from './devices-section.tsx';
import { LookSection } from './look-section.tsx';
import { NoticesSection } from './notices-section.tsx';
import { PasswordSection } from './password-section.tsx';
import { ProfileSection } from './profile-section.tsx';
import { useSettingsWords } from './words.ts';
import './settings.css';

export function SettingsPane({ me }: { me: Me }) {
  const { t } = useSpeech();
  const words = useSettingsWords();
  const security = useSecurityWords();
  const history = useHistoryWords();
  const account = me.kind === 'account';
  const close = () => goBack({ screen: 'list' });
  useEscape(close);
  return (
    <div className="chat">
      <header className="pane-head">
        <IconButton label={t.common.back} icon={<ArrowLeft size={20} />} onClick={close} />
        <h2 className="chat-name">{t.common.settings}</h2>
      </header>
      <div className="settings">
        <Section title={words.profile}>
          <ProfileSection me={me} />
        </Section>
        <Section title={words.look}>
          <LookSection />
        </Section>
        <Section title={words.notices}>
          <NoticesSection />
        </Section>
        <Section title={words.devices}>
          <DevicesSection />
        </Section>
        <Section title={security.device.title}>
          <SecuritySection me={me} />
        </Section>
        <Section title={history.title}>
          <HistorySection me={me} />
        </Section>
        {account && (
          <Section title={words.password}>
            <PasswordSection me={me} />
          </Section>
        )}
        <Section title={words.blocked}>
          <BlockedSection />
        </Section>
        <Section title={words.account}>
          <AccountSection me={me} />
        </Section>
        <Version />
      </div>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="settings-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Version() {
  const words = useSettingsWords();
  const connection = useValue(useMessenger().connection);
  if (connection.state !== 'online') return null;
  return <p className="quiet">{words.version(connection.serverVersion)}</p>;
}
