/** Turns what core reports into toasts, desktop notifications, a sound, and the unread count in the tab. */
import { useEffect, useRef } from 'react';
import type { Messenger, Notice } from '../../core/model.ts';
import { lineOf } from '../chat/partner.ts';
import { useFindPartner } from '../chat/use-partner.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { navigate, openChat, type Route, useRoute } from '../route.ts';
import { say } from '../ui/toasts.tsx';
import { useValue } from '../use-value.ts';
import { notify } from './desktop.ts';
import { reloadIntoUpdate, waitingUpdate } from './update.ts';

interface Shown {
  readonly text: string;
  readonly body: string;
  readonly conversationId: string | null;
}

const isListShown = (route: Route): boolean =>
  matchMedia('(min-width: 56.25em)').matches || (route.screen !== 'chat' && route.screen !== 'settings');

/** Loaded when it is first heard; out of the server's reach a notice may be silent. */
const sound = ({ report }: Messenger): void =>
  void import('./chime.ts')
    .then(({ chime }) => chime())
    .catch((error: unknown) => report('sounding a notice', error));

/** Draws nothing. Mounted once, while somebody is signed in. */
export function Notices() {
  useReports();
  useUnreadInTab();
  useUpdateNotice();
  useOpenFromWorker();
  return null;
}

const isMuted = (messenger: Messenger, conversationId: string): boolean =>
  messenger.people.state.get().contacts.some(({ id, muted }) => id === conversationId && muted === true);

function useReports(): void {
  const messenger = useMessenger();
  const speech = useSpeech();
  const { t } = speech;
  const find = useFindPartner();
  const route = useRoute();
  const session = useValue(messenger.session);
  const quiet = session.state === 'signed-in' && session.me.presence === 'busy';

  const describe = (notice: Notice): Shown => {
    if (notice.kind === 'contact-request') {
      const text = t.notices.request(notice.request.displayName);
      return { text, body: '', conversationId: null };
    }
    const { conversationId } = notice;
    const partner = find(conversationId);
    const name = partner?.name ?? '';
    if (notice.kind === 'friend-online')
      return { text: t.notices.friendOnline(name), body: '', conversationId };
    if (notice.kind === 'contact-accepted')
      return { text: t.notices.accepted(name), body: '', conversationId };
    if (notice.kind === 'group-added') return { text: t.group.added(name), body: '', conversationId };
    if (partner === null) return { text: name, body: '', conversationId };
    const { message } = notice;
    const line = lineOf(message, partner, speech);
    const said = partner.group !== null && message.body.kind !== 'group';
    return {
      text: name,
      body: said ? t.chat.said(partner.nameOf(message.author), line) : line,
      conversationId,
    };
  };

  const report = (notice: Notice): void => {
    const preferences = messenger.preferences.get();
    const seen = document.visibilityState === 'visible' && document.hasFocus();
    const open =
      route.screen === 'chat' && 'conversationId' in notice && route.conversationId === notice.conversationId;
    if ('conversationId' in notice && isMuted(messenger, notice.conversationId)) return;
    if (quiet || (notice.kind === 'friend-online' && !preferences.friendOnlineNotice)) return;
    const { text, body, conversationId } = describe(notice);
    const show = () => (conversationId === null ? navigate({ screen: 'list' }) : openChat(conversationId));
    if (notice.kind === 'message' && preferences.sounds && !(seen && open)) sound(messenger);
    if (!seen && preferences.notifications === 'on' && notice.kind !== 'friend-online') {
      void notify({ title: text, body, conversationId, onOpen: show });
    }
    // The list tells of messages by itself; nothing jumps over it.
    if (open || (notice.kind === 'message' && isListShown(route))) return;
    say({
      text: notice.kind === 'message' ? t.chat.said(text, body) : text,
      key: `${notice.kind}-${conversationId ?? ''}`,
      action: { label: t.notices.open, run: show },
    });
  };

  // The newest `report` without a new subscription for each drawing.
  const latest = useRef(report);
  useEffect(() => {
    latest.current = report;
  });
  // In a moment, when the list holds whom the notice is about.
  useEffect(() => messenger.onNotice((notice) => void setTimeout(() => latest.current(notice))), [messenger]);
}

/** What is read as soon as it comes is no news for the tab's title, which costs the browser more than a message. */
const UNREAD_WAIT = 150;

function useUnreadInTab(): void {
  const { t } = useSpeech();
  const conversations = useValue(useMessenger().conversations);
  const groups = useValue(useMessenger().groups.all);
  const { contacts } = useValue(useMessenger().people.state);
  const quiet = new Set(contacts.filter(({ muted }) => muted === true).map(({ id }) => id));
  const unread = [...conversations.values()]
    .filter(({ conversationId, mentioned }) => mentioned || groups.get(conversationId)?.muted !== true)
    .filter(({ conversationId }) => !quiet.has(conversationId))
    .reduce((sum, summary) => sum + summary.unread, 0);
  useEffect(() => {
    const timer = setTimeout(() => {
      document.title = t.notices.title(unread);
      document
        .querySelector('#favicon')
        ?.setAttribute('href', unread > 0 ? '/favicon-unread.svg' : '/favicon.svg');
      // Only installed apps have a badge; elsewhere the call is refused, and that is all right.
      const badge = unread > 0 ? navigator.setAppBadge?.(unread) : navigator.clearAppBadge?.();
      badge?.catch(() => undefined);
    }, UNREAD_WAIT);
    return () => clearTimeout(timer);
  }, [unread, t]);
  useEffect(
    () => () => {
      document.title = t.notices.title(0);
      document.querySelector('#favicon')?.setAttribute('href', '/favicon.svg');
    },
    [t],
  );
}

function useUpdateNotice(): void {
  const { t } = useSpeech();
  const waiting = useValue(waitingUpdate);
  useEffect(() => {
    if (waiting === null) return;
    say({
      text: t.connection.updateReady,
      key: 'update',
      stays: true,
      action: { label: t.common.reload, run: () => void reloadIntoUpdate() },
    });
  }, [waiting, t]);
}

function useOpenFromWorker(): void {
  useEffect(() => {
    const onMessage = ({ data }: MessageEvent<{ type?: unknown; conversationId?: unknown } | null>): void => {
      if (data?.type !== 'open-conversation') return;
      if (typeof data.conversationId === 'string') openChat(data.conversationId);
      else navigate({ screen: 'list' });
    };
    navigator.serviceWorker?.addEventListener('message', onMessage);
    return () => navigator.serviceWorker?.removeEventListener('message', onMessage);
  }, []);
}
