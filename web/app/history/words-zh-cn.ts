/** 关于聊天记录（文件与其他设备）的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import { zh } from '../i18n/apart.ts';
import type { HistoryWords } from './words-en.ts';

export const historyZhCN: HistoryWords = {
  title: '聊天记录',
  insecure:
    '这个页面不是通过 HTTPS 打开的，浏览器不提供加密功能，无法加密文件。请用 https:// 地址打开 Holler。',
  save: {
    name: '留一份副本',
    text: '把这个浏览器里的所有对话存进一个文件，只有你的口令能打开。发送过的文件不包含在内。',
    action: '保存为文件',
    title: '把聊天记录保存为文件',
    passphrase: '文件口令',
    hint: '打开文件时要用。忘了的话谁也帮不了你。',
    weak: '这个口令太容易猜。拿到文件的人可以不限次数地试。',
    start: '保存',
    running: '正在加密聊天记录',
    fileName: (day) => `Holler 聊天记录 ${day}.holler`,
    done: '聊天记录已交给浏览器下载。',
  },
  open: {
    name: '导入文件',
    text: '文件里的内容会并入这里的聊天记录，不会丢失，也不会重复。',
    action: '打开文件',
    title: '导入聊天记录',
    file: '文件',
    choose: '选择文件',
    passphrase: '文件口令',
    start: '导入',
    running: '正在导入聊天记录',
    done: (count, number) => (count === 0 ? '文件里的内容这里都有了。' : `导入了 ${number} 条消息。`),
    otherTitle: '来自另一个账号',
    other: (name) =>
      zh`这个文件是另一个账号${name}的聊天记录。导入后，${name}写的内容会像是你写的一样，出现在你的对话里。`,
    anyway: '仍然导入',
  },
  move: {
    otherDevice: '另一台设备',
    fetching: (device) => zh`正在从${device}获取聊天记录`,
    giving: (device) => zh`正在把聊天记录复制到${device}`,
    name: '来自你的其他设备',
    text: '另一台设备在线时，新设备会自动获取聊天记录。在这里可以再获取一次。',
    action: '立即获取',
    started: '等你的另一台设备上线就会开始。',
  },
  upgrade: {
    running: {
      title: '正在更新聊天记录',
      text: '新版 Holler 只需更新这一次，请不要关闭这个页面。',
    },
    blocked: {
      title: '请关闭其他 Holler 标签页',
      text: '你的聊天记录要更新到新版，但还有标签页占用着它。关闭后，这里会自动继续。',
    },
  },
  snapshot: {
    name: '服务器上的加密副本',
    text: '你的其他设备都不在线时，新设备从这里取得聊天记录。副本用你账号自己的密钥加密，服务器只知道它的大小和生成时间。发送过的文件不包含在内。',
    keep: '在服务器上保留副本',
    hint: '有变化时每天重新生成一次。关闭后，副本会被删除。',
    refused: '这台服务器不保留副本。运营者可以开启。',
    last: (when, size) => `生成于 ${when}，大小 ${size}。`,
    making: '正在加密聊天记录并发送到服务器',
    again: '立即生成',
    remove: '从服务器删除',
    fetching: '正在从服务器上的加密副本获取聊天记录',
    asOf: (when) => `这里的聊天记录截至 ${when}。更新的内容会在你的另一台设备上线后获取。`,
    tooLarge: (size) => `你的聊天记录超过了这台服务器允许的 ${size}。请改为保存成文件。`,
    problems: {
      network: '无法连接服务器，或服务器暂时做不到。一分钟后会再试。',
      refused: '这台服务器不保留副本。运营者可以开启。',
      busy: '最近生成的副本太多了。请半小时后再试。',
      'not-ready': '这台设备还没有你账号的密钥，无法为其他设备加密。在“安全”里解锁后就会生成。',
      storage: '浏览器没有剩余空间，或处于隐私模式而无法保存。',
      unreadable:
        '服务器上的副本打不开：可能已损坏，或是在你更换密钥之前生成的。请在有聊天记录的设备上重新生成，或把它删除。',
    },
  },
  progress: (done, total) => `${done} / ${total} 条消息`,
  problems: {
    'not-history': '这不是 Holler 的聊天记录文件。',
    newer: '这个文件由更新版本的 Holler 生成。请重新加载页面再试。',
    'wrong-passphrase': '口令不对，打不开这个文件。',
    'cut-off': '这个文件缺了结尾。已有的部分已经导入，其余部分需要完整的文件。',
    damaged: '这个文件被改动过或已损坏。损坏处之前的内容已经导入。',
    cancelled: '已取消。已经导入的内容会保留。',
    storage: '浏览器没有剩余空间，或处于隐私模式而无法保存。',
    network: '页面的一部分没能加载。请检查网络后重试。',
  },
};
