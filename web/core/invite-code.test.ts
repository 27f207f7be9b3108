import { describe, expect, it } from 'vitest';
import { formatInviteCode, parseInviteCode } from './invite-code.ts';

const CODE = 'a'.repeat(43);

describe('what stands behind the # of an invite link', () => {
  it('is a code, and a secret that is told apart from it', () => {
    const invite = { code: CODE, secret: '0f'.repeat(16) };
    expect(parseInviteCode(formatInviteCode(invite))).toEqual(invite);
  });

  it('is a code alone in a link of an earlier version', () => {
    expect(parseInviteCode(CODE)).toEqual({ code: CODE, secret: null });
    expect(formatInviteCode({ code: CODE, secret: null })).toBe(CODE);
  });

  it('is nothing when the code is none', () => {
    for (const text of ['', '.', `${CODE}a`, `.${CODE}`, 'a b']) expect(parseInviteCode(text)).toBeNull();
  });
});
