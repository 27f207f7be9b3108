import { describe, expect, it } from 'vitest';
import type { Author } from '../../core/model.ts';
import { createSpeech } from '../i18n/index.ts';
import { eventText } from './event-text.ts';

const NAMES: Record<string, string> = { '@tom': 'Tom', '@lin': '林小雨', '@bo': 'Bo' };

const say = (language: 'en' | 'zh-CN', event: Parameters<typeof eventText>[0], author: Author): string => {
  const speech = createSpeech(language, []);
  const nameOf = (who: Author) => (who === 'me' ? speech.t.common.you : (NAMES[who] ?? '?'));
  return eventText(event, author, 'anna', nameOf, speech);
};

describe('what became of a group', () => {
  it.each([
    [{ kind: 'created' }, 'me', 'You made this group', '你创建了群聊'],
    [{ kind: 'joined' }, '@tom', 'Tom joined', 'Tom 加入了群聊'],
    [{ kind: 'left' }, '@lin', '林小雨 left', '林小雨离开了群聊'],
    [
      { kind: 'added', memberIds: ['tom', 'bo', 'anna'] },
      '@lin',
      '林小雨 added Tom, Bo, and you',
      '林小雨邀请 Tom、Bo 和你加入',
    ],
    [{ kind: 'removed', memberIds: ['anna'] }, '@tom', 'Tom removed you', 'Tom 移出了你'],
    [{ kind: 'role', memberId: 'tom', role: 'admin' }, 'me', 'You made Tom an admin', '你把 Tom 设为管理员'],
    [
      { kind: 'role', memberId: 'anna', role: 'owner' },
      '@bo',
      'Bo handed the group over to you',
      'Bo 把群聊转让给你',
    ],
  ] as const)('%j by %s', (event, author, en, zh) => {
    expect(say('en', event, author)).toBe(en);
    expect(say('zh-CN', event, author)).toBe(zh);
  });
});
