/** What the fake camera of a test's Chromium sees: a film of still pictures, such as codes on somebody else's screen. */
import { writeFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';

const WIDTH = 640;
const HEIGHT = 480;

/** Chromium opens the file when a page asks for the camera, so it may be written after the browser was started. */
export const cameraFilm = (path: string): string => `--use-file-for-fake-video-capture=${path}`;

/**
 * Writes pictures (PNG or GIF) as a film (YUV4MPEG2, two a second, over and over), each as a hand would hold it into a
 * camera: somewhat tilted, on no pure white. `browser` draws them.
 */
export async function writeFilm(browser: Browser, path: string, pictures: readonly string[]): Promise<void> {
  const page = await browser.newPage();
  const frames: Buffer[] = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F2:1 Ip A1:1 C420\n`)];
  for (const picture of pictures) {
    const light = await page.evaluate(drawTilted, { picture, width: WIDTH, height: HEIGHT });
    frames.push(
      Buffer.from('FRAME\n'),
      Buffer.from(light, 'base64'),
      Buffer.alloc((WIDTH * HEIGHT) / 2, 128),
    );
  }
  await page.close();
  await writeFile(path, Buffer.concat(frames));
}

export const asPicture = (type: 'png' | 'gif', bytes: Uint8Array): string =>
  `data:image/${type};base64,${Buffer.from(bytes).toString('base64')}`;

/** Runs in a page: the brightness of each pixel, in base64. */
async function drawTilted(job: { picture: string; width: number; height: number }): Promise<string> {
  const { picture, width, height } = job;
  const image = new Image();
  image.src = picture;
  await image.decode();
  const paper = new OffscreenCanvas(width, height).getContext('2d')!;
  paper.fillStyle = '#b8b4ac';
  paper.fillRect(0, 0, width, height);
  paper.translate(width / 2, height / 2);
  paper.rotate(0.12);
  const side = height * 0.7;
  paper.drawImage(image, -side / 2, -side / 2, side, side);
  const { data } = paper.getImageData(0, 0, width, height);
  let light = '';
  for (let at = 0; at < data.length; at += 4)
    light += String.fromCharCode(Math.round(0.3 * data[at]! + 0.6 * data[at + 1]! + 0.1 * data[at + 2]!));
  return btoa(light);
}
