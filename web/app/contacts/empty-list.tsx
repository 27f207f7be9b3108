/** What a new person sees: what this place is for, and the one next step. */
import { Link2, UserPlus } from 'lucide-react';
import { Mark } from '../brand/mark.tsx';
import { useSpeech } from '../i18n/index.ts';
import { Button } from '../ui/button.tsx';
import type { AddWay } from './list-pane.tsx';

export function EmptyList({ onAdd }: { onAdd: (way: AddWay) => void }) {
  const { t } = useSpeech();
  return (
    <div className="empty-list">
      <Mark size={72} />
      <h2>{t.list.emptyTitle}</h2>
      <p className="quiet">{t.list.emptyText}</p>
      <Button look="primary" icon={<Link2 size={18} />} onClick={() => onAdd('link')}>
        {t.list.emptyAction}
      </Button>
      <Button look="quiet" icon={<UserPlus size={18} />} onClick={() => onAdd('name')}>
        {t.list.emptyByName}
      </Button>
    </div>
  );
}
