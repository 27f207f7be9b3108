/** Makes a group's picture of any image file: square, small, and within what may be sealed. */
import { GROUP_PICTURE_MAX } from '../../core/group-model.ts';

/** From the best on; the first that fits is taken. */
const TRIES = [
  { side: 192, quality: 0.85 },
  { side: 160, quality: 0.75 },
  { side: 128, quality: 0.65 },
  { side: 96, quality: 0.5 },
] as const;

/** A `data:` URL; null for what this browser cannot read as an image. */
export async function squarePicture(file: Blob): Promise<string | null> {
  const image = await createImageBitmap(file).catch(() => null);
  if (image === null) return null;
  try {
    const urls = TRIES.map(
      ({ side, quality }) =>
        () =>
          draw(image, side, quality),
    );
    for (const url of urls) {
      const made = url();
      if (made !== null && made.length <= GROUP_PICTURE_MAX) return made;
    }
    return null;
  } finally {
    image.close();
  }
}

/** The middle of the image. */
function draw(image: ImageBitmap, side: number, quality: number): string | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (context === null) return null;
  const cut = Math.min(image.width, image.height);
  const [left, top] = [(image.width - cut) / 2, (image.height - cut) / 2];
  // What was transparent would be black in a JPEG.
  context.fillStyle = 'white';
  context.fillRect(0, 0, side, side);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, left, top, cut, cut, 0, 0, side, side);
  const url = canvas.toDataURL('image/webp', quality);
  // A browser that writes no WebP answers with a PNG, which is larger than a JPEG.
  return url.startsWith('data:image/webp') ? url : canvas.toDataURL('image/jpeg', quality);
}
