/** A message's text with its addresses as links. */
import { TriangleAlert } from 'lucide-react';
import { memo, useMemo } from 'react';
import { linkify, type Piece } from './linkify.ts';
import { useChatWords } from './words.ts';

export const RichText = memo(function RichText({ text }: { text: string }) {
  const pieces = useMemo(() => linkify(text), [text]);
  // A piece has no identity but its place.
  return pieces.map((piece, index) =>
    // oxlint-disable-next-line react/no-array-index-key
    piece.kind === 'text' ? piece.text : <Link key={index} link={piece} />,
  );
});

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
