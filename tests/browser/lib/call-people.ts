/** What people do in calls on the real page, and what the page's own eyes and ears can tell of the other side's. */
import { open } from 'node:fs/promises';
import type { Locator } from 'playwright-core';
import type { Person } from './person.ts';

const WIDTH = 320;
const HEIGHT = 240;
const FRAMES = 60;
export const TONE_HZ = 440;

/** Magenta with a white bar that wanders from left to right: nothing that a browser's own fake camera shows. */
export async function makeCamera(path: string): Promise<void> {
  const file = await open(path, 'w');
  await file.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F30:1 Ip A1:1 C420mpeg2\n`);
  for (let frame = 0; frame < FRAMES; frame++) {
    const luma = Buffer.alloc(WIDTH * HEIGHT, 105);
    const left = Math.floor((frame / FRAMES) * (WIDTH - 40));
    for (let row = 0; row < HEIGHT; row++) luma.fill(235, row * WIDTH + left, row * WIDTH + left + 40);
    const half = (WIDTH / 2) * (HEIGHT / 2);
    const blue = Buffer.alloc(half, 180);
    const red = Buffer.alloc(half, 200);
    for (let row = 0; row < HEIGHT / 2; row++) {
      const at = (row * WIDTH) / 2 + Math.ceil(left / 2);
      blue.fill(128, at, at + 20);
      red.fill(128, at, at + 20);
    }
    await file.write(Buffer.concat([Buffer.from('FRAME\n'), luma, blue, red]));
  }
  await file.close();
}

/** Two seconds of one even tone. */
export async function makeMicrophone(path: string): Promise<void> {
  const rate = 48_000;
  const samples = Buffer.alloc(2 * rate * 2);
  for (let at = 0; at < 2 * rate; at++) {
    samples.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * TONE_HZ * at) / rate)), at * 2);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(samples.length, 40);
  const file = await open(path, 'w');
  await file.write(Buffer.concat([head, samples]));
  await file.close();
}

export const devices = (camera: string, microphone: string): string[] => [
  `--use-file-for-fake-video-capture=${camera}`,
  `--use-file-for-fake-audio-capture=${microphone}`,
  '--autoplay-policy=no-user-gesture-required',
];

export const room = ({ page }: Person): Locator => page.getByRole('region', { name: /^Call with/ });
export const clock = (person: Person): Locator => room(person).locator('.call-clock');

/** By its name, also while the controls are hidden. */
export async function press(person: Person, name: string | RegExp): Promise<void> {
  await person.page.mouse.move(200 + Math.random() * 100, 300);
  await room(person).getByRole('button', { name }).click();
}

export async function ring(person: Person, kind: 'Voice call' | 'Video call'): Promise<void> {
  await person.page.getByRole('button', { name: kind, exact: true }).click();
}

export async function answer(person: Person, name: string): Promise<void> {
  await person.page.getByRole('alertdialog').getByRole('button', { name, exact: true }).click();
}

export async function talking(...people: readonly Person[]): Promise<void> {
  await Promise.all(people.map((person) => clock(person).waitFor({ timeout: 20_000 })));
}

export async function hungUp(...people: readonly Person[]): Promise<void> {
  await Promise.all(people.map((person) => room(person).waitFor({ state: 'detached', timeout: 20_000 })));
}

/** The words of the newest call entry. */
export const entry = ({ page }: Person): Promise<string> => page.locator('.call-entry p').last().innerText();

export interface Seen {
  /** Of the middle of the picture, away from what moves. */
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  /** Where the brightest column is, from 0 to 1. */
  readonly bar: number;
}

/** One decoded frame of the other person's picture. */
export function look({ page }: Person): Promise<Seen | null> {
  return page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('.their-picture');
    if (!video || video.videoWidth === 0) return null;
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d')!;
    context.drawImage(video, 0, 0, 64, 48);
    const { data } = context.getImageData(0, 0, 64, 48);
    const sums = [0, 0, 0];
    const columns = Array.from({ length: 64 }, () => 0);
    for (let at = 0; at < data.length; at += 4) {
      for (let part = 0; part < 3; part++) sums[part]! += data[at + part]!;
      columns[(at / 4) % 64]! += data[at + 1]!;
    }
    const [red, green, blue] = sums.map((sum) => sum / (64 * 48)) as [number, number, number];
    return { red, green, blue, bar: columns.indexOf(Math.max(...columns)) / 64 };
  });
}

export interface Heard {
  /** Root mean square of a stretch of samples, 0 to 1. */
  readonly level: number;
  /** The strongest frequency, Hz. */
  readonly pitch: number;
}

/** A fifth of a second of the other person's sound. */
export function listen({ page }: Person): Promise<Heard> {
  return page.evaluate(async () => {
    const stream = document.querySelector<HTMLVideoElement>('.their-picture')!.srcObject as MediaStream;
    const audio = new AudioContext();
    const analyser = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
    audio.createMediaStreamSource(stream).connect(analyser);
    await audio.resume();
    await new Promise((resolve) => setTimeout(resolve, 600));
    const samples = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(samples);
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    const pitch = (bins.indexOf(Math.max(...bins)) * audio.sampleRate) / analyser.fftSize;
    await audio.close();
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    return { level: Math.sqrt(power), pitch };
  });
}
