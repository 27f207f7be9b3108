/* Runs before anything is drawn, so that a chosen theme or language does not flash. look.ts keeps what it reads. */
(() => {
  let look = {};
  try {
    look = JSON.parse(localStorage.getItem('holler-look') || '{}') || {};
  } catch {
    look = {};
  }
  const root = document.documentElement;
  if (look.theme === 'light' || look.theme === 'dark') root.dataset.theme = look.theme;
  const browser = (navigator.languages || [navigator.language]).find((tag) => /^(zh|en)\b/i.test(tag));
  root.lang = look.language || (/^zh/i.test(browser || '') ? 'zh-CN' : 'en');
})();
