/**
 * PGlite's folder on disk, with the fsync that it lacks: as shipped a commit survives a killed process, not a power cut.
 * Reaches into PGlite's internals (Emscripten's NODEFS), so its version is pinned and a test counts the real syncs.
 */
import { fsyncSync } from 'node:fs';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { syncPath } from './sync.ts';

interface NodeStream {
  /** The real file descriptor; missing for a folder. */
  readonly nfd?: number;
  readonly node: unknown;
}
interface NodeFsModule {
  readonly NODEFS: {
    readonly stream_ops: { fsync?: (stream: NodeStream) => number };
    readonly realPath: (node: unknown) => string;
  };
}

export class DurableFolder extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const made = await super.init(...args);
    const addFsync = (module: unknown) => {
      const { NODEFS } = module as NodeFsModule;
      NODEFS.stream_ops.fsync = (stream) => {
        if (stream.nfd === undefined) syncPath(NODEFS.realPath(stream.node));
        else fsyncSync(stream.nfd);
        return 0;
      };
    };
    const preRun = [...(made.emscriptenOpts.preRun as ((module: unknown) => void)[]), addFsync];
    return { emscriptenOpts: { ...made.emscriptenOpts, preRun } as typeof made.emscriptenOpts };
  }
}
