/** 搜索的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import { zh } from '../i18n/apart.ts';
import type { SearchWords } from './words-en.ts';

const digits = new Intl.NumberFormat('zh-CN');

export const searchZhCN: SearchWords = {
  open: '搜索',
  inside: (name) => zh`搜索和${name}的对话`,
  hint: '输入说过的话，或文件名的一部分。',
  results: '搜索结果',
  friends: '好友和群聊',
  messages: '消息',
  searching: '正在搜索',
  count: (n) => `找到 ${digits.format(n)} 条消息`,
  countMore: (n) => `找到的最近 ${digits.format(n)} 条消息`,
  nothing: (text) => zh`没有找到“${text}”。`,
  building: (percent) => `正在整理较早的消息，已完成 ${percent}%，在此之前这里可能缺少一些结果。`,
  former: '已不在好友列表中',
};
