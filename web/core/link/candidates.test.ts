import { describe, expect, it } from 'vitest';
import { selectedPair } from './candidates.ts';

const entry = (id: string, type: string, more: object) => [id, { id, type, ...more }] as const;
const host = entry('l', 'local-candidate', {
  candidateType: 'host',
  address: '192.168.1.2',
  protocol: 'udp',
});
const prflx = entry('r', 'remote-candidate', { candidateType: 'prflx', address: 'fe80::1', protocol: 'udp' });
const pair = (more: object = {}) =>
  entry('p', 'candidate-pair', { localCandidateId: 'l', remoteCandidateId: 'r', ...more });

describe('the selected pair', () => {
  it('is the one that the transport names', () => {
    const other = entry('q', 'candidate-pair', {
      localCandidateId: 'l',
      remoteCandidateId: 'l',
      nominated: true,
    });
    const transport = entry('t', 'transport', { selectedCandidatePairId: 'p' });
    expect(selectedPair([other, host, prflx, pair({ currentRoundTripTime: 0.012 }), transport])).toEqual({
      local: { type: 'host', family: 'IPv4', protocol: 'udp' },
      remote: { type: 'prflx', family: 'IPv6', protocol: 'udp' },
      rtt: 12,
    });
  });

  it('is the one marked as such, without a transport', () => {
    expect(selectedPair([host, prflx, pair({ selected: true })])).toMatchObject({ rtt: null });
  });

  it.each([
    ['there is none', [host, prflx, pair()]],
    ['a candidate is missing', [host, pair({ selected: true })]],
    ['there is nothing', []],
  ])('is null while %s', (_name, report) => {
    expect(selectedPair(report)).toBeNull();
  });

  it.each([
    [
      { candidateType: 'relay', relayProtocol: 'tls', protocol: 'udp', ip: '1.2.3.4' },
      'relay',
      'IPv4',
      'tls',
    ],
    [{ candidateType: 'relay', relayProtocol: 'tcp', protocol: 'udp' }, 'relay', 'unknown', 'tcp'],
    [{ candidateType: 'srflx', protocol: 'tcp', address: 'x.local' }, 'srflx', 'unknown', 'tcp'],
  ])('shows %o', (candidate, type, family, protocol) => {
    const local = entry('l', 'local-candidate', candidate);
    expect(selectedPair([local, prflx, pair({ selected: true })])?.local).toEqual({ type, family, protocol });
  });
});
