/** 群聊的中文文字；需要时才加载，所以不在 zh-cn.ts 里。 */
import { zh } from '../i18n/apart.ts';
import type { GroupWords } from './words-en.ts';

const digits = new Intl.NumberFormat('zh-CN');

export const groupZhCN: GroupWords = {
  start: {
    newGroup: '新建群聊',
    rooms: '公共房间',
    make: '创建群聊',
    nameMissing: '请给群聊起个名字。',
    whom: '群里有谁',
    nobody: '你还没有注册过账号的好友。可以先创建群聊，再用链接邀请大家。',
    chosen: (n) => `已选 ${digits.format(n)} 位好友`,
    find: '查找好友',
    noMatch: '没有叫这个名字的人。',
  },
  info: {
    name: '名称',
    topic: '话题',
    topicHint: '聊些什么，可以不填。',
    picture: '图片',
    choose: '选择图片',
    change: '更换图片',
    noPicture: '删除图片',
    wrong: '读不了这张图片，请选 PNG、JPEG 或 WebP。',
    edit: '编辑群聊',
    editRoom: '修改话题',
    saved: '已保存。',
    sealed: '名称和图片都是加密的：服务器知道群里有谁，但不知道群叫什么。',
  },
  rooms: {
    text: '这个服务器上有账号的人都能进公共房间。房间的名称和话题不保密，但说的话只有里面的人能读到。',
    list: '这个服务器的公共房间',
    find: '找房间',
    findHint: '名称的一部分就够了。',
    looking: '正在找房间',
    empty: '这个服务器上还没有公共房间。',
    none: (part) => zh`没有名称里带“${part}”的房间。`,
    more: '还有更多。输入名称的一部分来找。',
    goIn: '进入',
    open: (name) => zh`开设房间“${name}”`,
    opened: (name) => zh`房间“${name}”已开设。`,
    nameRules:
      '要开设房间，名称请用 3 到 32 个小写字母和数字，中间可以有单个的 .、_ 或 -；也可以用汉字和数字。',
  },
  join: {
    title: '加入这个群聊？',
    looking: '正在查看群聊',
    action: '加入',
    text: '群里的人都会看到你的名字。你能看到从现在起的消息。',
    invalid: '这个链接已经不能进群了，请再要一个新的。',
  },
  head: {
    members: (n) => `${digits.format(n)} 位成员`,
    direct: (n, all) => `${digits.format(all)} 人中 ${digits.format(n)} 人直连`,
    allDirect: '全部直连',
    reached: (n, all) => `${digits.format(all)} 人中 ${digits.format(n)} 人在线`,
    left: '你不在群里',
    typing: (first, second, all) => {
      if (all === 1) return zh`${first}正在输入`;
      if (all === 2) return zh`${first}和${second}正在输入`;
      return zh`${first}等 ${digits.format(all)} 人正在输入`;
    },
  },
  path: {
    title: '到各位成员的连接',
    lineLabel: (word) => `连接：${word}，查看详情`,
    text: '连接已打开的成员，直接收到你写的内容；其他人从服务器收取，内容是加密的。',
    more: (n) => `还有 ${digits.format(n)} 人`,
  },
  details: {
    title: '关于群聊',
    titleRoom: '关于房间',
    room: '公共房间',
    mute: '静音',
    muteHint: '不提醒，除非有人提到你。',
    members: (n) => `成员（${digits.format(n)}）`,
    add: '添加',
    addTitle: '添加成员',
    addAction: (n) => `添加 ${digits.format(n)} 位好友`,
    allIn: '你有账号的好友都已经在群里了。',
    added: '已添加。',
    find: '查找成员',
    showAll: (n) => `显示全部 ${digits.format(n)} 人`,
    role: { owner: '群主', admin: '管理员', member: '成员' },
    menu: (name) => zh`对${name}的操作`,
    write: '单独聊天',
    makeAdmin: '设为管理员',
    makeMember: '取消管理员',
    handOver: '转让群聊',
    remove: '移出群聊',
    gone: '你已经不在这个群里了',
    goneText: '之前说过的话都留在这里。',
  },
  link: {
    title: '邀请链接',
    text: '有这个链接和账号的人都能加入。链接也能解开加密的群名，所以只给可以知道的人。',
    make: '生成邀请链接',
    renew: '换一个新的',
    label: '进群链接',
    qr: '进群链接的二维码',
    hint: '也可以让对方用摄像头扫一扫。',
    share: '来 Holler 加入我们的群聊：',
    end: '停用链接',
    ended: '那个链接已经失效。',
    endTitle: '停用邀请链接？',
    endText: '有这个链接的人不能再用它加入，已经在群里的不受影响。',
  },
  sure: {
    adminTitle: (name) => zh`把${name}设为管理员？`,
    adminText: '管理员可以添加和移出成员，修改名称、图片和邀请链接。',
    handTitle: (name) => zh`把群聊转让给${name}？`,
    handText: '以后只有对方能设管理员、再转让或解散群聊。你会成为管理员。',
    removeTitle: (name) => zh`移出${name}？`,
    removeText:
      '对方看不到之后的消息，也不能自己回来。已经看过的，对方会留着。对方可能知道邀请链接，所以链接也会停用。',
    leave: '离开群聊',
    leaveTitle: '离开这个群聊？',
    leaveText: '你不会再收到之后的消息。之前说过的话留在这个浏览器里。',
    left: '你已离开群聊。',
    ownerLeaves: '要离开，请先把群聊转让给别人。',
    dissolve: '解散群聊',
    dissolveTitle: '为所有人解散这个群聊？',
    dissolveText: '谁也不能再在里面说话。说过的话留在每个人的浏览器里。',
    dissolved: '群聊已解散。',
  },
  readers: {
    title: '谁读过了',
    read: (n) => `${digits.format(n)} 人已读`,
    notYet: (n) => `未读或未告知（${digits.format(n)} 人）`,
    nobody: '还没有人告知已读。',
    hint: '有的人选择了不告诉别人自己读过什么。',
  },
  doubt: {
    otherDevice: '你的另一台设备',
    title: (who) => zh`服务器给你看的成员和给${who}看的不一样`,
    text: {
      withheld: (who) =>
        zh`${who}知道这个群聊的一些改动，服务器却没有告诉你。被移出的人可能还看得到你写的内容，所以暂时什么都不会发出。Holler 已直接向${who}索取这些改动；如果一直没有收到，请用别的方式（比如打电话）问${who}群里有谁。`,
      forked: (who) =>
        zh`群聊的同一处改动，服务器给你看的和给${who}看的不同。正常的服务器不会这样，所以暂时什么都不会发出。请用别的方式（比如打电话）问${who}群里有谁。如果是服务器的问题，请在别的服务器上另建一个群聊。`,
    },
    ownText: {
      withheld:
        '你的另一台设备知道这个群聊的一些改动，服务器却没有告诉这台。被移出的人可能还看得到你写的内容，所以暂时什么都不会发出。Holler 已向另一台设备索取这些改动；如果一直没有收到，请到那台设备上核对成员。',
      forked:
        '群聊的同一处改动，服务器给你的另一台设备看的和给这台看的不同。正常的服务器不会这样，所以暂时什么都不会发出。请用别的方式（比如打电话）问问群友，群里有谁。如果是服务器的问题，请在别的服务器上另建一个群聊。',
    },
    again: '再检查一次',
    overrule: '仍然发送',
    sureTitle: '发给你这里看到的成员？',
    sureText: (who) =>
      zh`你写的内容会发给成员列表里的所有人，即使有人已被移出而你没有得到通知。在这件事上，${who}的说法不再算数。请先核对成员，或者确信那种说法是假的，再这样做。`,
  },
  changed: (name) =>
    zh`${name}的身份变了：可能是重新设置了设备，也可能是有人冒充。在你决定之前，你写的内容不会发给对方。`,
};
