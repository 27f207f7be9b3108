/** A stream of sound and picture on the page. */
import { useCallback } from 'react';

interface PictureProps {
  readonly stream: MediaStream | null;
  readonly label: string;
  readonly className: string;
  /** One's own picture makes no sound. */
  readonly own?: boolean;
  readonly hidden?: boolean;
}

export function Picture({ stream, label, className, own = false, hidden = false }: PictureProps) {
  const attach = useCallback(
    (element: HTMLVideoElement | null) => {
      if (element && element.srcObject !== stream) element.srcObject = stream;
    },
    [stream],
  );
  return (
    // What is said in a call cannot be captioned.
    // oxlint-disable-next-line jsx-a11y/media-has-caption
    <video
      ref={attach}
      className={className}
      aria-label={label}
      autoPlay
      playsInline
      muted={own}
      data-hidden={hidden || undefined}
    />
  );
}
