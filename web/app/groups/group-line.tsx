/** The line in a group's head: one for all, and on a closer look one for each member. */
import type { Group } from '../../core/model.ts';
import { usePartner } from '../chat/partner.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Line } from '../network/line.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { FloatButton } from '../ui/float-button.tsx';
import { useValue } from '../use-value.ts';
import { type GroupPath, LIVE_FIRST } from './group-path.ts';
import { useOthers } from './use-group-path.ts';
import { useGroupWords } from './words.ts';

/** What is true of all in a few words. */
export function usePathWord({ line, direct, here, all }: GroupPath): string {
  const { t } = useSpeech();
  const { head } = useGroupWords();
  if (all > 0 && direct === all) return all === 1 ? t.path.word.direct : head.allDirect;
  if (direct > 0) return head.direct(direct, all);
  return here > 0 ? head.reached(here, all) : t.path.word[line];
}

export function GroupLine({ group, path }: { group: Group; path: GroupPath }) {
  const words = useGroupWords();
  return (
    <FloatButton
      openOnHover
      align="start"
      button={{
        className: 'path-line',
        'aria-label': words.path.lineLabel(usePathWord(path)),
        children: <Line path={path.line} />,
      }}
      title={words.path.title}
      popupClass="popover-body"
      popup={() => <Ways group={group} />}
    />
  );
}

/** As many as are joined by links at once. */
const SHOWN = 15;

function Ways({ group }: { group: Group }) {
  const { t } = useSpeech();
  const words = useGroupWords();
  const { nameOf } = usePartner();
  const paths = useValue(useMessenger().paths);
  const ways = useOthers(group)
    .map((id) => ({ id, path: paths.get(id)?.path ?? ('idle' as const) }))
    .toSorted((a, b) => LIVE_FIRST.indexOf(a.path) - LIVE_FIRST.indexOf(b.path));
  return (
    <div className="stack group-ways">
      <p>{words.path.text}</p>
      <ul>
        {ways.slice(0, SHOWN).map(({ id, path }) => (
          <li key={id} className="group-way">
            <Avatar id={id} name={nameOf(`@${id}`)} size="small" />
            <span className="spread clip">
              <bdi>{nameOf(`@${id}`)}</bdi>
            </span>
            {path !== 'idle' && (
              <span className="friend-row-line" data-path={path}>
                <Line path={path} small />
              </span>
            )}
            <span className="quiet">{t.path.word[path]}</span>
          </li>
        ))}
      </ul>
      {ways.length > SHOWN && <p className="quiet">{words.path.more(ways.length - SHOWN)}</p>}
    </div>
  );
}
