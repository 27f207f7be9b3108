import { describe, expect, it } from 'vitest';
import { certificateMatches } from './certificate.ts';

const SDP = 'v=0\r\na=fingerprint:sha-256 AB:CD:EF\r\na=setup:active\r\n';
const report = (fingerprint: string, fingerprintAlgorithm = 'sha-256') =>
  new Map<string, unknown>([
    ['T01', { type: 'transport', id: 'T01', remoteCertificateId: 'CF1' }],
    ['CF1', { type: 'certificate', id: 'CF1', fingerprint, fingerprintAlgorithm }],
  ]);

describe('the certificate at the other end', () => {
  it.each([
    ['is the one that was told', report('AB:CD:EF'), true],
    ['is the one that was told, in small letters', report('ab:cd:ef'), true],
    ['is another one', report('AB:CD:EE'), false],
    ['has a fingerprint of another kind', report('AB:CD:EF', 'sha-1'), false],
    ['is not told by the browser', new Map([['T01', { type: 'transport' }]]), null],
  ])('%s', (_what, stats, expected) => {
    expect(certificateMatches(stats, SDP)).toBe(expected);
  });

  it('is not the one of a description without any', () => {
    expect(certificateMatches(report('AB:CD:EF'), 'v=0\r\n')).toBe(false);
  });
});
