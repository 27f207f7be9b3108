/** Serves the emoji names of the picker from our own origin: /emoji/<language>/{data,messages}.json. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const FILES = ['en', 'zh'].flatMap((language) => [`${language}/data.json`, `${language}/messages.json`]);
/** The data set names some groups in traditional characters; these are ours. */
const CHINESE_GROUPS: Readonly<Record<string, string>> = {
  'smileys-emotion': '笑脸与情感',
  'people-body': '人物',
  component: '组成部分',
  'animals-nature': '动物与自然',
  'food-drink': '食物与饮料',
  'travel-places': '旅行与地点',
  activities: '活动',
  objects: '物品',
  symbols: '符号',
  flags: '旗帜',
};

interface GroupNames {
  readonly groups: readonly { readonly key: string; readonly message: string }[];
}

const source = (file: string) => fileURLToPath(import.meta.resolve(`emojibase-data/${file}`));

async function contentOf(file: string): Promise<string> {
  const content = await readFile(source(file), 'utf8');
  if (file !== 'zh/messages.json') return content;
  const names = JSON.parse(content) as GroupNames;
  const groups = names.groups.map((group) => ({
    ...group,
    message: CHINESE_GROUPS[group.key] ?? group.message,
  }));
  return JSON.stringify({ ...names, groups });
}

export function emojiData(): Plugin {
  return {
    name: 'holler-emoji-data',
    configureServer(server) {
      server.middlewares.use('/emoji', (request, response, next) => {
        const file = FILES.find((name) => request.url?.split('?')[0] === `/${name}`);
        if (file === undefined) return next();
        response.setHeader('Content-Type', 'application/json');
        contentOf(file).then((content) => response.end(content), next);
      });
    },
    async generateBundle() {
      if (this.environment.name !== 'client') return;
      for (const file of FILES) {
        this.emitFile({ type: 'asset', fileName: `emoji/${file}`, source: await contentOf(file) });
      }
    },
  };
}
