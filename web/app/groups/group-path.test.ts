import { describe, expect, it } from 'vitest';
import type { PathState } from '../../core/model.ts';
import { groupPath } from './group-path.ts';

const candidate = { type: 'host', family: 'IPv4', protocol: 'udp' } as const;
const WAYS: Record<string, PathState> = {
  direct: { path: 'direct', since: 0, local: candidate, remote: candidate, rtt: null },
  relayed: { path: 'relayed', since: 0, local: candidate, remote: candidate, rtt: null },
  server: { path: 'server', since: 0, why: 'link-timeout' },
  connecting: { path: 'connecting', since: 0 },
  mailbox: { path: 'mailbox' },
};

/** One member for each of the ways; a way that is none stands for somebody with whom no link was asked for. */
function sum(...ways: string[]) {
  const others = ways.map((way, index) => `${way}${index}`);
  const paths = new Map(
    ways.flatMap((way, index) => (WAYS[way] ? [[`${way}${index}`, WAYS[way]] as const] : [])),
  );
  return groupPath(others, paths);
}

describe('the line of a group', () => {
  it('is direct only if it is so for everybody who is here', () => {
    expect(sum('direct', 'direct').line).toBe('direct');
    expect(sum('direct', 'relayed').line).toBe('relayed');
    expect(sum('relayed', 'server', 'direct').line).toBe('server');
    expect(sum('direct', 'mailbox', 'nothing').line).toBe('direct');
  });

  it('says what happens to the words if nobody is here', () => {
    expect(sum('mailbox', 'nothing').line).toBe('mailbox');
    expect(sum('nothing').line).toBe('idle');
    expect(sum().line).toBe('idle');
    expect(sum('connecting', 'mailbox').line).toBe('connecting');
  });

  it('goes by the server in a public room, where strangers open no links', () => {
    expect(groupPath(['ada', 'bo'], new Map(), true)).toMatchObject({ line: 'server', direct: 0, here: 0 });
  });

  it('counts the direct ways, those who are here, and all', () => {
    expect(sum('direct', 'direct', 'server', 'mailbox', 'connecting')).toMatchObject({
      direct: 2,
      here: 3,
      all: 5,
    });
  });
});
