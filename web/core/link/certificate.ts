/**
 * Whether the certificate that a connection really has at its other end is the one whose fingerprint came in the sealed
 * description (RFC 8122, section 5). Browsers see to it themselves; this is our own look, after the channel opened.
 */
type Entry = Readonly<Record<string, unknown>>;

/** Null: this browser does not tell. */
export function certificateMatches(
  report: Iterable<readonly [string, unknown]>,
  remoteSdp: string,
): boolean | null {
  const entries = new Map([...report].map(([id, entry]) => [id, entry as Entry]));
  const transport = [...entries.values()].find(({ type }) => type === 'transport');
  const certificate = entries.get(String(transport?.remoteCertificateId));
  if (!certificate) return null;
  const { fingerprint, fingerprintAlgorithm } = certificate;
  return fingerprintsOf(remoteSdp).has(plain(`${String(fingerprintAlgorithm)} ${String(fingerprint)}`));
}

function fingerprintsOf(sdp: string): ReadonlySet<string> {
  return new Set([...sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gm)].map(([, told = '']) => plain(told)));
}

const plain = (told: string): string => told.toLowerCase();
