/** The two ways to ring a friend, in the head of their conversation. */
import { Phone, Video } from 'lucide-react';
import { useMessenger } from '../messenger-context.ts';
import { IconButton } from '../ui/button.tsx';
import { useValue } from '../use-value.ts';
import { isLive } from './live.ts';
import { useRing } from './use-ring.ts';
import { useCallWords } from './words.ts';

export function CallButtons({ friendId }: { friendId: string }) {
  const words = useCallWords();
  const ring = useRing();
  const call = useValue(useMessenger().calls.current);
  // Who rings the friend that rings just now takes that call.
  const rungByThem = call?.phase === 'ringing-in' && call.friendId === friendId;
  const busy = isLive(call) && !rungByThem;
  return (
    <>
      <IconButton
        label={words.voice}
        icon={<Phone size={20} />}
        disabled={busy}
        onClick={() => ring(friendId, 'voice')}
      />
      <IconButton
        label={words.video}
        icon={<Video size={20} />}
        disabled={busy}
        onClick={() => ring(friendId, 'video')}
      />
    </>
  );
}
