/** 连接方式的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import type { PathWords } from './words-en.ts';

const digits = new Intl.NumberFormat('zh-CN');

export const pathZhCN: PathWords = {
  lineLabel: (word) => `连接：${word}。查看详情`,
  title: '通往好友的路',
  says: {
    idle: '开始聊天时，连接会自己打开。',
    connecting: '正在两个浏览器之间找最短的路。这时写下的内容会先等在这里。',
    direct: '你们的浏览器直接对话，文字不经过任何服务器。',
    relayed: '你们的网络不允许直连，所以由中继转发数据包。中继读不到内容，速度可能慢一些。',
    server: '连接没能打开，所以文字加密后经由服务器转发。',
    mailbox: '好友不在线。你写的内容会加密存放在服务器上，对方一上线就能收到，那时你不在线也没关系。',
  },
  why: {
    'link-timeout': '几秒内没能连上。Holler 会继续尝试。',
    'link-slow': '连接已建立，但又慢又不稳。好转后 Holler 会换回直连。',
    'link-failed': '两边的网络都拒绝了连接。Holler 会继续尝试。',
    unsupported: '有一方的浏览器不能直连。',
  },
  sealed: '加密',
  sealedBy: '端到端加密：只有你和好友的设备能读到，服务器读不到。',
  roundTrip: '往返时间',
  ms: (n) => `${digits.format(n)} 毫秒`,
  measuring: '正在测量',
  since: '开始于',
  family: '地址',
  families: { IPv4: 'IPv4', IPv6: 'IPv6', unknown: '浏览器没有说明' },
  yourEnd: '你这一端',
  theirEnd: '对方那一端',
  candidate: {
    host: '本机地址（host）',
    srflx: '路由器后面（srflx）',
    prflx: '途中发现（prflx）',
    relay: '中继（TURN）',
  },
  over: (kind, protocol) => `${kind}，${protocol}`,
  tryDirect: '再试一次直连',
};
