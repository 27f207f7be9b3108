/** Types of programs.mjs, which is plain JavaScript because `npm test` runs it before anything is built. */
export type ProgramKey =
  | 'chromium'
  | 'firefox'
  | 'certutil'
  | 'initdb'
  | 'turnserver'
  | 'strace'
  | 'ip'
  | 'nft';
export function find(key: ProgramKey): string | null;
export function need(key: ProgramKey): string;
export function ensure(keys: readonly ProgramKey[]): void;
