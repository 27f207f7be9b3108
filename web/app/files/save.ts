/** Hands files that arrived to the person: asks where to put one, or gives it to the browser's download. */
import type { Transfers } from '../../core/model.ts';

type Picker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

declare global {
  interface Window {
    /** Some browsers can write straight to a place that the person chooses. */
    readonly showSaveFilePicker?: Picker;
  }
}

const picker = (): Picker | null => window.showSaveFilePicker?.bind(window) ?? null;

export const canChoosePlace = (): boolean => picker() !== null;

/** Null if the person closed the dialog. */
export async function choosePlace(suggestedName: string): Promise<FileSystemFileHandle | null> {
  try {
    return (await picker()?.({ suggestedName })) ?? null;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Long enough for the browser to begin; the file itself is read by it from the disk. */
const KEEP_ADDRESS_MS = 10 * 60_000;

/** Gives it to the browser's download. */
export function download(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEEP_ADDRESS_MS);
}

/** False if the file is not in the browser any more. */
export async function saveKept(transfers: Transfers, id: string, name: string): Promise<boolean> {
  const file = await transfers.read(id);
  if (!file) return false;
  download(file, name);
  transfers.saved(id);
  return true;
}
