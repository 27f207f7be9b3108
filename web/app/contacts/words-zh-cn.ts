/** 添加与管理好友的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import { zh } from '../i18n/apart.ts';
import type { ContactWords } from './words-en.ts';

const digits = new Intl.NumberFormat('zh-CN');

export const contactZhCN: ContactWords = {
  add: {
    byName: '用户名',
    byLink: '邀请链接',
    byGuest: '访客链接',
    nameLabel: '对方的完整用户名',
    nameHint: '对方会收到你的请求，可以接受或拒绝。这里没有人能搜索别人。',
    send: '发送请求',
    sent: (name) => zh`如果${name}在这台服务器上，请求已经送到。`,
    linkText: '谁打开这个链接并登录或注册，谁就成为你的好友。它会在一段时间后失效，你也可以随时停用。',
    guestText: '谁打开这个链接，填个名字就能马上和你聊天，不用账号。',
    makeLink: '生成链接',
    making: '正在生成链接',
    linkLabel: '你的链接',
    qrLabel: '链接的二维码',
    qrHint: (when) => zh`也可以让对方扫一扫，链接${when}失效。`,
    expires: (when) => `${when}失效`,
    existing: '还有效的链接',
    uses: (n) => (n === 0 ? '还没用过' : `用过 ${digits.format(n)} 次`),
    made: (when) => `${when}生成`,
    revoke: '停用',
    revoked: '这个链接已经失效。',
    shareText: '来 Holler 和我聊天：',
  },
  friend: {
    title: '好友详情',
    userName: '用户名',
    guestNote: '没有账号的访客。对方彻底关掉浏览器后就不在了。',
    displayName: '对方的名字',
    mute: '静音',
    muteHint: '对方写的内容不再提醒。在你的所有设备上都有效，对方看不到。',
    alias: '你给的备注',
    aliasHint: '只有你看得到。',
    since: '成为好友于',
    remove: '删除好友',
    removeTitle: (name) => zh`删除${name}？`,
    removeText: '你们会从彼此的列表里消失，对方不会收到通知。聊过的内容仍留在这个浏览器里。',
    block: '拉黑',
    blockTitle: (name) => zh`拉黑${name}？`,
    blockText: '对方不能再给你写信、加你，也看不到你在不在。对方不会知道，你可以撤销。',
    removed: (name) => zh`已删除${name}。`,
    renamed: '备注已保存。',
    connection: '连接',
  },
};
