/** A message's text with its addresses as links, and those whom it mentions marked. */
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
  // A piece has no identity but its place.
  return pieces.map((piece, index) =>
    // oxlint-disable-next-line react/no-array-index-key
    piece.kind === 'text' ? (
      <Plain key={index} text={piece.text} mentions={mentions} />
    ) : (
      <Link key={index} link={piece} />
    ),
  );
});

function Plain({ text, mentions }: { text: string; mentions: readonly Mention[] }) {
  const { meId } = usePartner();
  if (mentions.length === 0) return text;
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

function Link({ link }: { link: Extract<Piece, { kind: 'link' }> }) {
  const words = useChatWords();
  const { text, href, trueHost } = link;
  return (
    <>
      <a href={href} target="_blank" rel="noopener noreferrer" dir="auto">
        {trueHost === null ? text : href}
      </a>
      {trueHost !== null && (
        <span className="link-warning" role="note">
          <TriangleAlert size={14} aria-hidden="true" /> {words.suspiciousLink(trueHost)}
        </span>
      )}
    </>
  );
}
