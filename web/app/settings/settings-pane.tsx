/** Everything about oneself and this page, on one scroll. */
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Me } from '../../../signaling/protocol/http.ts';
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
import './settings.css';

export function SettingsPane({ me }: { me: Me }) {
  const { t } = useSpeech();
  const words = useSecurityWords();
  const account = me.kind === 'account';
  const close = () => goBack({ screen: 'list' });
  useEscape(close);
  return (
    <div className="chat">
      <header className="pane-head">
        <IconButton label={t.common.back} icon={<ArrowLeft size={20} />} onClick={close} />
        <h2 className="chat-name">{t.settings.title}</h2>
      </header>
      <div className="settings">
        <Section title={t.settings.profile}>
          <ProfileSection me={me} />
        </Section>
        <Section title={t.settings.look}>
          <LookSection />
        </Section>
        <Section title={t.settings.notices}>
          <NoticesSection />
        </Section>
        <Section title={t.settings.devices}>
          <DevicesSection />
        </Section>
        <Section title={words.device.title}>
          <SecuritySection me={me} />
        </Section>
        {account && (
          <Section title={t.settings.password}>
            <PasswordSection me={me} />
          </Section>
        )}
        <Section title={t.settings.blocked}>
          <BlockedSection />
        </Section>
        <Section title={t.settings.account}>
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
  const { t } = useSpeech();
  const connection = useValue(useMessenger().connection);
  if (connection.state !== 'online') return null;
  return <p className="quiet">{t.settings.version(connection.serverVersion)}</p>;
}
