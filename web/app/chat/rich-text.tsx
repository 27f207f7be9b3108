/** A message's text with its addresses as links, those whom it mentions marked, and a warning below if a link pretends. */
import { TriangleAlert } from 'lucide-react';
import { memo, useMemo } from 'react';
import type { Mention } from '../../core/group-model.ts';
import { linkify, type Piece } from './linkify.ts';
import { cutMentions } from './mentions.ts';
import { usePartner } from './partner.ts';
import { useChatWords } from './words.ts';

interface RichTextProps {
  readonly text: string;
  readonly mentions?: readonly Mention[] | undefined;
}

const NOBODY: readonly Mention[] = [];

export const RichText = memo(function RichText({ text, mentions = NOBODY }: RichTextProps) {
  const pieces = useMemo(() => linkify(text), [text]);
  const trueHosts = new Set(pieces.flatMap((piece) => (piece.kind === 'link' ? (piece.trueHost ?? []) : [])));
  // A piece has no identity but its place.
  return (
    <>
      {pieces.map((piece, index) => {
        if (piece.kind === 'text' && mentions.length === 0) return piece.text;
        // oxlint-disable-next-line react/no-array-index-key
        if (piece.kind === 'text') return <Marked key={index} text={piece.text} mentions={mentions} />;
        // oxlint-disable-next-line react/no-array-index-key
        return <Link key={index} link={piece} />;
      })}
      {[...trueHosts].map((host) => (
        <LinkWarning key={host} host={host} />
      ))}
    </>
  );
});

function Marked({ text, mentions }: { text: string; mentions: readonly Mention[] }) {
  const { meId } = usePartner();
  return cutMentions(text, mentions).map(({ text: part, memberId }, index) =>
    memberId === null ? (
      part
    ) : (
      // oxlint-disable-next-line react/no-array-index-key
      <bdi key={index} className={`mention ${memberId === meId ? 'mention-me' : ''}`}>
        {part}
      </bdi>
    ),
  );
}

function Link({ link: { text, href, trueHost } }: { link: Extract<Piece, { kind: 'link' }> }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer" dir="auto">
      {trueHost === null ? text : href}
    </a>
  );
}

/** Below the text, so that it does not cut a sentence in two. */
function LinkWarning({ host }: { host: string }) {
  const words = useChatWords();
  return (
    <span className="link-warning" role="note">
      <TriangleAlert size={14} aria-hidden="true" /> {words.suspiciousLink(host)}
    </span>
  );
}
