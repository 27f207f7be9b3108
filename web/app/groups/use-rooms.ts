/** The public rooms whose name has what is typed, asked for anew a moment after the last key. */
import { useEffect, useState } from 'react';
import type { RoomList } from '../../core/group-model.ts';
import type { Failure } from '../../core/model.ts';
import { useMessenger } from '../messenger-context.ts';

const PAUSE = 300;

interface Listed {
  /** Null until the first answer; then the last one that came. */
  readonly list: RoomList | null;
  /** What `list` was asked for. */
  readonly part: string;
  readonly failure: Failure | null;
  readonly again: () => void;
}

export function useRooms(part: string): Listed {
  const { groups } = useMessenger();
  const [shown, setShown] = useState<{ list: RoomList; part: string } | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    const ask = async () => {
      const result = await groups.listRooms(part);
      if (!current) return;
      setFailure(result.ok ? null : result.failure);
      if (result.ok) setShown({ list: result.value, part });
    };
    const timer = setTimeout(() => void ask(), part === '' ? 0 : PAUSE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [groups, part, round]);
  return {
    list: shown?.list ?? null,
    part: shown?.part ?? '',
    failure,
    again: () => setRound((count) => count + 1),
  };
}
