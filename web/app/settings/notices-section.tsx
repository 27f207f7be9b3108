/** What may ring, what friends learn, and what the browser allows. */
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { askPermission, canNotify, isDenied } from '../notices/desktop.ts';
import { Switch } from '../ui/switch.tsx';
import { useValue } from '../use-value.ts';

export function NoticesSection() {
  const { t } = useSpeech();
  const messenger = useMessenger();
  const preferences = useValue(messenger.preferences);
  const setNotifications = async (wanted: boolean) => {
    const on = wanted && (await askPermission());
    messenger.setPreferences({ notifications: on ? 'on' : 'off' });
  };
  return (
    <>
      {canNotify() && (
        <Switch
          label={t.settings.notifications}
          hint={isDenied() ? t.settings.notificationsBlocked : t.settings.notificationsHint}
          checked={preferences.notifications === 'on' && !isDenied()}
          disabled={isDenied()}
          onChange={(wanted) => void setNotifications(wanted)}
        />
      )}
      <Switch
        label={t.settings.friendOnline}
        checked={preferences.friendOnlineNotice}
        onChange={(friendOnlineNotice) => messenger.setPreferences({ friendOnlineNotice })}
      />
      <Switch
        label={t.settings.sounds}
        checked={preferences.sounds}
        onChange={(sounds) => messenger.setPreferences({ sounds })}
      />
      <Switch
        label={t.settings.readReceipts}
        hint={t.settings.readReceiptsHint}
        checked={preferences.readReceipts}
        onChange={(readReceipts) => messenger.setPreferences({ readReceipts })}
      />
    </>
  );
}
