/** The two ways to ring a friend, in the head of their conversation. */
import { Phone, Video } from 'lucide-react';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { IconButton } from '../ui/button.tsx';
import { useValue } from '../use-value.ts';
import { isLive } from './live.ts';
import { useRing } from './use-ring.ts';

export function CallButtons({ friendId }: { friendId: string }) {
  const { t } = useSpeech();
  const ring = useRing();
  const call = useValue(useMessenger().calls.current);
  // Who rings the friend that rings just now takes that call.
  const rungByThem = call?.phase === 'ringing-in' && call.friendId === friendId;
  const busy = isLive(call) && !rungByThem;
  return (
    <>
      <IconButton
        label={t.call.voice}
        icon={<Phone size={20} />}
        disabled={busy}
        onClick={() => ring(friendId, 'voice')}
      />
      <IconButton
        label={t.call.video}
        icon={<Video size={20} />}
        disabled={busy}
        onClick={() => ring(friendId, 'video')}
      />
    </>
  );
}
