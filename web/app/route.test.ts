import { describe, expect, it } from 'vitest';
import { formatRoute, parseRoute, type Route } from './route.ts';

describe('an address', () => {
  it.each<[string, string, Route]>([
    ['/', '', { screen: 'list' }],
    ['/c/abc', '', { screen: 'chat', conversationId: 'abc', side: 'none' }],
    ['/c/abc/details', '', { screen: 'chat', conversationId: 'abc', side: 'details' }],
    ['/c/abc/search', '', { screen: 'chat', conversationId: 'abc', side: 'search' }],
    ['/c/abc/else', '', { screen: 'chat', conversationId: 'abc', side: 'none' }],
    ['/settings', '', { screen: 'settings' }],
    ['/i', '#secret', { screen: 'invite', code: 'secret' }],
    ['/g', '#secret', { screen: 'join', code: 'secret' }],
    ['/nonsense', '', { screen: 'list' }],
    ['/c', '', { screen: 'list' }],
  ])('%s%s names a screen', (path, hash, route) => {
    expect(parseRoute(path, hash)).toEqual(route);
  });

  it('leads back to itself', () => {
    const routes: Route[] = [
      { screen: 'list' },
      { screen: 'chat', conversationId: 'a/b?c', side: 'details' },
      { screen: 'settings' },
      { screen: 'invite', code: 'x_-9' },
      { screen: 'join', code: 'x_-9' },
    ];
    for (const route of routes) {
      const [path = '', hash = ''] = formatRoute(route).split('#');
      expect(parseRoute(path, hash)).toEqual(route);
    }
  });

  it('survives a broken escape', () => {
    expect(parseRoute('/c/%E0%A4%A', '')).toEqual({ screen: 'list' });
  });
});
