/** Notifications of the platform, for when nobody looks at the page. */

export const canNotify = (): boolean => 'Notification' in globalThis;

export const isDenied = (): boolean => canNotify() && Notification.permission === 'denied';

/** Asks the browser; call it only from a click. Resolves to whether notifications may be shown. */
export async function askPermission(): Promise<boolean> {
  return canNotify() && (await Notification.requestPermission()) === 'granted';
}

export interface Note {
  readonly title: string;
  readonly body: string;
  readonly conversationId: string | null;
  readonly onOpen: () => void;
}

export async function notify({ title, body, conversationId, onOpen }: Note): Promise<void> {
  if (!canNotify() || Notification.permission !== 'granted') return;
  const options = {
    body,
    tag: conversationId ?? 'holler',
    icon: '/icons/icon-192.png',
    data: conversationId,
  };
  const registration = await navigator.serviceWorker?.getRegistration();
  // Android shows notifications by the service worker only; it answers the click there as well.
  if (registration?.active) return registration.showNotification(title, options);
  const shown = new Notification(title, options);
  shown.addEventListener('click', () => {
    window.focus();
    shown.close();
    onOpen();
  });
}
