/** The line in a conversation's header: its details open on hover, focus and tap. */
import type { PathState } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { FloatButton } from '../ui/float-button.tsx';
import { Line } from './line.tsx';
import { PathDetails } from './path-details.tsx';
import { usePathWords } from './words.ts';

interface PathLineProps {
  readonly path: PathState;
  readonly onReconnect: () => void;
}

export function PathLine({ path, onReconnect }: PathLineProps) {
  const { t } = useSpeech();
  const words = usePathWords();
  return (
    <FloatButton
      openOnHover
      align="start"
      button={{
        className: 'path-line',
        'aria-label': words.lineLabel(t.path.word[path.path]),
        children: <Line path={path.path} />,
      }}
      title={words.title}
      popupClass="popover-body"
      popup={() => <PathDetails path={path} onReconnect={onReconnect} />}
    />
  );
}
