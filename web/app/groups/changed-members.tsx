/** Members whose identity changed, or was belied: they get nothing of what one writes until one decides. */
import { ShieldAlert } from 'lucide-react';
import type { Group } from '../../core/model.ts';
import { usePartner } from '../chat/partner.ts';
import { useMessenger } from '../messenger-context.ts';
import { ContinueAnyway } from '../security/continue-anyway.tsx';
import { isStopped } from '../security/use-trust.ts';
import { useValue } from '../use-value.ts';
import { useGroupWords } from './words.ts';

export function ChangedMembers({ group }: { group: Group }) {
  const words = useGroupWords();
  const { nameOf } = usePartner();
  const trust = useValue(useMessenger().security.trust);
  if (group.myRole === null) return null;
  const changed = group.members.filter(({ id }) => isStopped(trust.get(id)));
  return changed.map(({ id }) => (
    <div key={id} className="group-changed" role="alert">
      <ShieldAlert size={20} aria-hidden="true" />
      <p className="spread">{words.changed(nameOf(`@${id}`))}</p>
      <ContinueAnyway id={id} name={nameOf(`@${id}`)} />
    </div>
  ));
}
