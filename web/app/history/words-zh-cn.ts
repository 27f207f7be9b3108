/** 关于聊天记录（文件与其他设备）的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import { isolate } from '../i18n/isolate.ts';
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
      `这个文件是另一个账号 ${isolate(name)} 的聊天记录。导入后，${isolate(name)} 写的内容会像是你写的一样，出现在你的对话里。`,
    anyway: '仍然导入',
  },
  move: {
    otherDevice: '另一台设备',
    fetching: (device) => `正在从 ${isolate(device)} 获取聊天记录`,
    giving: (device) => `正在把聊天记录复制到 ${isolate(device)}`,
    name: '来自你的其他设备',
    text: '另一台设备在线时，新设备会自动获取聊天记录。在这里可以再获取一次。',
    action: '立即获取',
    started: '等你的另一台设备上线就会开始。',
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
