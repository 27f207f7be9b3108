/** The camera's picture, in which the other side's code is looked for. */
import { useEffect, useRef } from 'react';
import { useSecurityWords } from './words.ts';
import './code-camera.css';

/** On pages that were not loaded by HTTPS no browser gives a camera. */
export const canScan = (): boolean => 'mediaDevices' in navigator;

/** Between two looks at the picture. */
const EVERY = 200;

interface CodeCameraProps {
  /** Answers whether it was the right kind of code: then no further one is looked for. */
  readonly onText: (text: string) => Promise<boolean>;
  /** There is no camera, or it may not be used, or the reader of codes did not arrive. */
  readonly onRefused: () => void;
}

export function CodeCamera({ onText, onRefused }: CodeCameraProps) {
  const { compare } = useSecurityWords();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const picture = video.current;
    if (!picture) return undefined;
    const looking = new AbortController();
    look(picture, onText, looking.signal).catch(() => looking.signal.aborted || onRefused());
    return () => looking.abort();
  }, [onText, onRefused]);
  return <video className="code-camera" ref={video} muted playsInline aria-label={compare.camera} />;
}

/** Rejects when nothing can be looked at (see `onRefused`). */
async function look(
  picture: HTMLVideoElement,
  onText: CodeCameraProps['onText'],
  signal: AbortSignal,
): Promise<void> {
  // Few browsers read codes themselves, and hardly any on a desktop, so all of them use the same reader.
  const { BarcodeDetector } = await import('qr/decode.js');
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const stop = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    picture.srcObject = stream;
    // Whoever holds something up to a camera that faces them expects a mirror.
    const facing = stream.getVideoTracks()[0]?.getSettings().facingMode;
    picture.toggleAttribute('data-mirrored', facing !== 'environment');
    await picture.play();
    while (!signal.aborted) {
      const codes = await detector.detect(picture);
      for (const { rawValue } of codes) if (!signal.aborted && (await onText(rawValue))) return;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  } finally {
    stop();
  }
}
