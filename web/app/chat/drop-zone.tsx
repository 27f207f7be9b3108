/** Makes a whole conversation the target for dropped files, with one calm overlay. */
import { FileDown } from 'lucide-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';

interface DropZoneProps {
  readonly label: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

export function DropZone({ label, onFiles, children }: DropZoneProps) {
  // Entering a child fires before leaving its parent, so the two are counted.
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const move = (change: number) => (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  const drop = (event: DragEvent) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    // The same is offered to the keyboard by the button in the composer.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="chat-body"
      onDragEnter={move(1)}
      onDragOver={move(0)}
      onDragLeave={move(-1)}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className="drop-overlay">
          <FileDown size={32} />
          <p>{label}</p>
        </div>
      )}
    </div>
  );
}
