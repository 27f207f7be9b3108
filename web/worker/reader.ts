/** The reader: opens messages of which many waited, beside the page's own thread, which stores and shows them meanwhile. */
import { loadLibrary } from '../core/crypto/machine.ts';
import type { ReaderRequest } from '../core/crypto/reader.ts';
import { serveReader } from '../core/crypto/reader.ts';

declare const self: DedicatedWorkerGlobalScope;

const serve = serveReader(loadLibrary, (message) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<ReaderRequest>) => serve(data);
