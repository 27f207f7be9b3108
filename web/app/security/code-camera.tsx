/** The camera's picture, in which the other side's code is looked for. */
import { useEffect, useRef, useState } from 'react';
import { useSecurityWords } from './words.ts';
import './code-camera.css';

/** Not in every browser, and not yet in TypeScript's library. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface Detectors {
  new (options: { readonly formats: readonly string[] }): Detector;
  getSupportedFormats(): Promise<readonly string[]>;
}

const detectors = (): Detectors | null =>
  (globalThis as { readonly BarcodeDetector?: Detectors }).BarcodeDetector ?? null;

/** Whether this browser reads codes; false until that is known. */
export function useCanScan(): boolean {
  const [can, setCan] = useState(false);
  useEffect(() => {
    let current = true;
    const formats = 'mediaDevices' in navigator ? detectors()?.getSupportedFormats() : undefined;
    formats?.then(
      (known) => current && setCan(known.includes('qr_code')),
      // A browser that has the name but not the thing.
      () => undefined,
    );
    return () => {
      current = false;
    };
  }, []);
  return can;
}

/** Between two looks at the picture. */
const EVERY = 200;

interface CodeCameraProps {
  /** Answers whether it was the right kind of code: then no further one is looked for. */
  readonly onText: (text: string) => Promise<boolean>;
}

export function CodeCamera({ onText }: CodeCameraProps) {
  const { compare } = useSecurityWords();
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    const Detector = detectors();
    const picture = video.current;
    if (!Detector || !picture) return undefined;
    const looking = new AbortController();
    look(new Detector({ formats: ['qr_code'] }), picture, onText, looking.signal).catch(
      () => looking.signal.aborted || setRefused(true),
    );
    return () => looking.abort();
  }, [onText]);
  if (refused) return <p role="alert">{compare.noCamera}</p>;
  return <video className="code-camera" ref={video} muted playsInline aria-label={compare.camera} />;
}

/** Rejects when there is no camera, or it may not be used. */
async function look(
  detector: Detector,
  picture: HTMLVideoElement,
  onText: CodeCameraProps['onText'],
  signal: AbortSignal,
): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  const stop = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    picture.srcObject = stream;
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
