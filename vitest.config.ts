import { defineConfig } from 'vitest/config';

/**
 * For tests with real browsers, databases and networks, on machines that may be busy: what they wait for may take its
 * time, and a test that fails is tried once more. One that needed it is named at the end of the run (tests/tools/
 * summary-reporter.ts), so that it gets mended.
 */
const REAL_PARTS = { retry: 1, expect: { poll: { timeout: 20_000, interval: 50 } } };

/** One file after the other in one process: to begin a new one, and to load everything there anew, takes seconds for each. */
const ONE_PROCESS = { fileParallelism: false, isolate: false };

const TURN = ['tests/{contract/turn,fuzz}/**/*.test.ts'];

/**
 * In the second of the two lanes that `npm test` runs side by side: those that mostly wait, for gigabytes and for what was
 * cut to come back, and as many others as make the lanes about as long as each other.
 */
const PATIENT = [
  ...[
    'turn-relay',
    'file-large',
    'core-link',
    'core-recovery',
    'tabs',
    'people',
    'guest',
    'update',
    'account',
    'search',
    'security',
    'trust',
    'sealed',
  ].map((name) => `tests/browser/${name}.test.ts`),
  'tests/torture/torture.test.ts',
];

/** Unit tests stand beside their source; everything that needs a real browser, database or network is in tests/. */
export default defineConfig({
  test: {
    reporters: ['default', './tests/tools/summary-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{web,signaling,turn,db}/**/*.test.{ts,tsx}',
            'tests/architecture.test.ts',
            'tests/torture/{schedule,oracle}.test.ts',
          ],
          environment: 'node',
          // Some wait for real encryption or real timers, on machines that may be busy.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'contract',
          ...REAL_PARTS,
          include: ['tests/contract/**/*.test.ts'],
          exclude: TURN,
          environment: 'node',
          ...ONE_PROCESS,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // Some count the descriptors and the memory of their process: each file has one of its own.
          name: 'turn',
          ...REAL_PARTS,
          include: TURN,
          environment: 'node',
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          // Needs root on Linux: hosts and NATs are network namespaces.
          name: 'lab',
          ...REAL_PARTS,
          include: ['tests/lab/**/*.test.ts'],
          environment: 'node',
          fileParallelism: false,
          // Each has a network and browsers of its own: more of them at once would wait for the processor, not for the network.
          maxConcurrency: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          ...REAL_PARTS,
          include: ['tests/browser/**/*.test.ts'],
          exclude: PATIENT,
          environment: 'node',
          ...ONE_PROCESS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser-patient',
          ...REAL_PARTS,
          include: PATIENT,
          environment: 'node',
          ...ONE_PROCESS,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
