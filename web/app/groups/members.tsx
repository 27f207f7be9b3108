/** Who is in a group, and what one may do with each of them. */
import { UserPlus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { Group, GroupMember } from '../../core/model.ts';
import { usePartner } from '../chat/partner.ts';
import { searchNames } from '../contacts/people.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { useValue } from '../use-value.ts';
import { MemberRow } from './member-row.tsx';
import { byRole } from './roles.ts';
import { useGroupWords } from './words.ts';

const AddMembers = lazy(() => import('./add-members.tsx').then((module) => ({ default: module.AddMembers })));

/** More than these are shown on demand. */
const FIRST = 20;

export function Members({ group, leads }: { group: Group; leads: boolean }) {
  const { details: words } = useGroupWords();
  const { nameOf } = usePartner();
  const trust = useValue(useMessenger().security.trust);
  const [query, setQuery] = useState('');
  const [all, setAll] = useState(false);
  const [adding, setAdding] = useState(false);
  const named = (member: GroupMember) => [nameOf(`@${member.id}`), member.displayName, member.userName ?? ''];
  const found = searchNames(byRole(group.members), query, named);
  const shown = all || query !== '' ? found : found.slice(0, FIRST);
  return (
    <section className="group-members">
      <div className="row">
        <h3 className="section-name spread">{words.members(group.members.length)}</h3>
        {leads && (
          <Button look="quiet" icon={<UserPlus size={16} />} onClick={() => setAdding(true)}>
            {words.add}
          </Button>
        )}
      </div>
      {group.members.length > FIRST && (
        <Field label={words.find} value={query} onChange={setQuery} autoComplete="off" />
      )}
      <ul>
        {shown.map((member) => (
          <MemberRow key={member.id} group={group} member={member} trust={trust.get(member.id)} />
        ))}
      </ul>
      {shown.length < found.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {words.showAll(found.length)}
        </Button>
      )}
      <Suspense fallback={null}>
        {adding && <AddMembers group={group} onClose={() => setAdding(false)} />}
      </Suspense>
    </section>
  );
}
