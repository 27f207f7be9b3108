import { describe, expect, it } from 'vitest';
import { cleanFileName } from './file-name.ts';

const bytes = (text: string) => new TextEncoder().encode(text).length;

describe('cleanFileName', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['年度报告 (终稿).docx', '年度报告 (终稿).docx'],
    ['e\u0301te\u0301.txt', 'été.txt'],
    ['👨‍👩‍👧.png', '👨‍👩‍👧.png'],
    ['می‌خواهم.txt', 'می‌خواهم.txt'],
    ['a.tar.gz', 'a.tar.gz'],
    ['a  b\tc.txt', 'a bc.txt'],
  ])('keeps what is fine: %j', (raw, clean) => {
    expect(cleanFileName(raw)).toBe(clean);
  });

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\Windows\\win.ini', 'win.ini'],
    ['C:\\x\\y.txt', 'y.txt'],
    ['/', 'file'],
    ['..', 'file'],
    ['../..', 'file'],
    ['a/..', 'a'],
    ['a/', 'a'],
    ['', 'file'],
    ['   ', 'file'],
    ['.bashrc', 'bashrc'],
    ['...x', 'x'],
  ])('takes no path: %j', (raw, clean) => {
    expect(cleanFileName(raw)).toBe(clean);
  });

  it.each([
    ['in\u0000vo\u001bice\u007f\u0085.pdf\n', 'invoice.pdf'],
    ['photo\u202egnp.exe', 'photognp.exe'],
    ['\u2066a\u2069\u200f\u061c.txt', 'a.txt'],
    ['\ufeffa\u200bb\u00ad.txt', 'ab.txt'],
    ['a\u2028b\u2029.txt', 'ab.txt'],
    ['a\ud800b.txt', 'ab.txt'],
    ['\u200d.\u200d', 'file'],
    ['a\u200d\u200d.exe', 'a.exe'],
  ])('hides nothing: %j', (raw, clean) => {
    expect(cleanFileName(raw)).toBe(clean);
  });

  it.each([
    ['a<b>c:d"e|f?g*.txt', 'a_b_c_d_e_f_g_.txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['COM1.tar.gz', '_COM1.tar.gz'],
    ['lpt¹', '_lpt¹'],
    ['conin$', '_conin$'],
    ['console.log', 'console.log'],
    ['a.exe. .', 'a.exe'],
  ])('can be saved on Windows: %j', (raw, clean) => {
    expect(cleanFileName(raw)).toBe(clean);
  });

  it('shortens between characters and keeps the extension', () => {
    const long = cleanFileName(`${'长'.repeat(300)}.docx`);
    expect(long).toMatch(/^长+…\.docx$/);
    expect(bytes(long)).toBeLessThanOrEqual(200);
    expect(bytes(long)).toBeGreaterThan(190);
    expect(cleanFileName('👨‍👩‍👧'.repeat(50))).toMatch(/^(👨‍👩‍👧)+…$/u);
    expect(bytes(cleanFileName(`a.${'x'.repeat(400)}`))).toBeLessThanOrEqual(200);
  });

  it('is at rest: a clean name stays as it is', () => {
    for (const raw of ['../a\u202e.exe', '长'.repeat(300), 'CON.', ' . a . ', `${'ab '.repeat(100)}.t`]) {
      const clean = cleanFileName(raw);
      expect(cleanFileName(clean)).toBe(clean);
    }
  });
});
