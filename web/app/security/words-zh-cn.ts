/** 关于信任与密钥的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import { isolate } from '../i18n/isolate.ts';
import type { SecurityWords } from './words-en.ts';

export const securityZhCN: SecurityWords = {
  friend: {
    title: '端到端加密',
    state: {
      unknown: '还不了解',
      'first-use': '还没有核对',
      verified: '已验证',
      changed: '身份变了',
      disproved: '有人插在中间',
    },
    says: {
      unknown: (friend) => `这个浏览器还没见过 ${isolate(friend)} 的密钥，等对方打开 Holler 后就会自动拿到。`,
      'first-use': (friend) =>
        `只有你和 ${isolate(friend)} 能读到你写的内容。要确认那真的是 ${isolate(friend)}，核对一次七个表情就行。`,
      verified: (friend) =>
        `你们核对过表情，或者是通过只有你们俩知道的链接认识的，谁也没法悄悄插在你和 ${isolate(friend)} 中间。`,
      changed: (friend) => `${isolate(friend)} 的密钥和你认识的不一样。在你决定之前，什么都不会发出。`,
      disproved: (friend) =>
        `你看到的密钥，不属于知道邀请链接秘密的那个人。在你决定之前，什么都不会发给 ${isolate(friend)}。`,
    },
    compare: '核对表情',
    mustBeOnline: (friend) => `需要 ${isolate(friend)} 在线。`,
  },
  changed: {
    title: (friend) => `${isolate(friend)} 的身份变了`,
    text: (friend) =>
      `也许 ${isolate(friend)} 换了新设备，丢了旧密钥；也可能有人插在中间，冒充 ${isolate(friend)}。在你决定之前，什么都不会发出。`,
    advice: (friend) => `稳妥的做法：用别的方式打电话给 ${isolate(friend)}，或者见面，核对表情。`,
    goOn: '仍然继续',
    sureTitle: '不核对就继续？',
    sureText: (friend) =>
      `如果这不是 ${isolate(friend)}，从现在起你写的一切都会被陌生人读到。这件事没有别人能替你核实。`,
  },
  disproved: {
    title: (friend) => `有人插在你和 ${isolate(friend)} 中间`,
    text: (friend) =>
      `你们是通过一个带秘密的链接认识的，两边的页面用它互相核对过。核对没有通过：以 ${isolate(friend)} 的名义来的密钥是别人的。在你决定之前，什么都不会发出。`,
  },
  compare: {
    titleFriend: (friend) => `和 ${isolate(friend)} 核对表情`,
    titleDevice: '和你的另一台设备核对表情',
    askedFriend: (friend) =>
      `${isolate(friend)} 想和你核对表情。你们各会看到七个，如果一样，就没有人插在中间。`,
    askedDevice: '另一台设备用你的账号登录了，想得到信任。只有那是你的设备、就在手边时，才同意。',
    how: '请在电话里、通话中，或者面对面核对。不要用消息核对，因为要检查的正是它。',
    howDevice: '把两台设备放在一起看。',
    agree: '开始核对',
    waitingFriend: (friend) => `正在等 ${isolate(friend)}`,
    waitingDevice: '正在等你的另一台设备',
    waitingText: '那边一有回应就会自动继续，请先不要关闭。',
    question: (friend) => `${isolate(friend)} 看到的也是这些吗？顺序也一样吗？`,
    questionDevice: '另一台设备上也是这些吗？顺序也一样吗？',
    same: '一样',
    different: '不一样',
    doneTitle: '表情一致',
    doneFriend: (friend) => `${isolate(friend)} 已验证，以后名字旁边会有一个盾牌。`,
    doneDevice: '你的两台设备现在互相信任。',
    endedTitle: {
      declined: '对方暂时不核对',
      different: '表情不一样',
      timeout: '等得太久了',
      failed: '没有成功',
    },
    ended: {
      declined: '对方现在不想核对，一切照旧。',
      different: '可能有人插在你们中间。不要在这里写要紧的内容，用别的方式问问好友是怎么回事。',
      timeout: '那边一直没有回应。你们都需要打开 Holler。',
      failed: '两个页面没能核对完，一切照旧，请重试。',
    },
    differentDevice: '那不是你的设备，或者有人插在中间。请退出不认识的设备，并修改密码。',
  },
  banner: {
    locked: '你的密钥还不在这台设备上，所以好友收不到你在这里写的内容。',
    failed: '加密没能启动，所以什么也发不出去。请刷新页面再试。',
  },
  device: {
    title: '安全',
    starting: '正在准备这台设备的密钥。',
    failed: '加密没能启动，所以什么也发不出去。好友和聊天记录都还在。',
    ready: '好友可以信任这台设备',
    readyText: '你写的内容在这里就已加密，只有好友的设备和你自己的其他设备能解开。',
    guest: '你的密钥只在这个浏览器里，退出后就没有了。',
    password: '你的密码',
    recoverable: '换了新设备，只用密码就能取回密钥。',
    notRecoverable: '换了新设备，只用密码取不回密钥。',
    hasCode: '你有恢复码。忘了密码时，可以用它取回密钥。',
    noCode: '你还没有恢复码。忘了密码，密钥就没有了；换新密钥时，好友会收到警告。',
    makeCode: '生成恢复码',
    makeNewCode: '生成新的恢复码',
  },
  restore: {
    title: '解锁这台设备',
    text: '你的密钥还不在这台设备上。在此之前，好友的设备不信任它，也收不到你在这里写的内容。',
    password: '你的密码',
    code: '恢复码',
    codeHint: '大小写、空格和横线都没关系。',
    unlock: '解锁',
    useCode: '改用恢复码',
    usePassword: '改用密码',
    wrongPassword: '密码不对。',
    wrongCode: '恢复码不对。请逐个字母检查；也许它已经被新的取代了。',
    unlocked: '这台设备已解锁，好友可以信任它了。',
    others: '别的办法',
    byDevice: '和另一台设备核对',
    byDeviceHint: '在你正在用的设备上打开 Holler，它会在那里询问。',
    startOver: '换成新密钥，从头开始',
    startOverTitle: '换成新密钥，从头开始？',
    startOverText:
      '没有别的办法时才这样做。好友会收到身份改变的警告，要由他们接受。用旧密钥等着送给你的内容再也读不到；旧消息只留在存有它们的设备上。',
    startOverAction: '生成新密钥',
    startedOver: '你有了新密钥，好友会得到通知。',
  },
  code: {
    title: '恢复码',
    sheet: 'Holler 恢复码',
    text: '忘了密码时，用它可以在新设备上取回密钥。谁拿到它，谁就能这样做。',
    replaces: '你现有的恢复码会失效。',
    make: '生成恢复码',
    shown: '请抄下来、打印，或者存进密码管理器。它不会再次显示，以前的恢复码也已失效。',
    label: '你的恢复码',
    saveFile: '存成文件',
    fileName: 'Holler 恢复码.txt',
    print: '打印',
    done: '我已收好',
  },
};
