/** What may ring, what friends learn, and what the browser allows. */
import { useMessenger } from '../messenger-context.ts';
import { askPermission, canNotify, isDenied } from '../notices/desktop.ts';
import { Switch } from '../ui/switch.tsx';
import { useValue } from '../use-value.ts';
import { useSettingsWords } from './words.ts';

export function NoticesSection() {
  const words = useSettingsWords();
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
          label={words.notifications}
          hint={isDenied() ? words.notificationsBlocked : words.notificationsHint}
          checked={preferences.notifications === 'on' && !isDenied()}
          disabled={isDenied()}
          onChange={(wanted) => void setNotifications(wanted)}
        />
      )}
      <Switch
        label={words.friendOnline}
        checked={preferences.friendOnlineNotice}
        onChange={(friendOnlineNotice) => messenger.setPreferences({ friendOnlineNotice })}
      />
      <Switch
        label={words.sounds}
        checked={preferences.sounds}
        onChange={(sounds) => messenger.setPreferences({ sounds })}
      />
      <Switch
        label={words.readReceipts}
        hint={words.readReceiptsHint}
        checked={preferences.readReceipts}
        onChange={(readReceipts) => messenger.setPreferences({ readReceipts })}
      />
    </>
  );
}
