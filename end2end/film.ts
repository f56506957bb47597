// What a camera sees when it is held before somebody's glass: a film for Chromium's fake camera, made
// from a picture of that glass. 640×480, C420, as the cheapest phones film.
import { writeFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';

const WIDTH = 640;
const HEIGHT = 480;
const DUSK = 70;

interface Picture {
  width: number;
  height: number;
  luma: Uint8Array;
}

/** Films the picture (a PNG) at dusk: small in the frame, somewhat dark, not quite sharp. */
export async function film(path: string, png: Buffer): Promise<void> {
  await roll(path, frame(pictureOf(png)));
}

/** Films nothing: the camera is on and sees a wall. */
export async function filmNothing(path: string): Promise<void> {
  await roll(path, new Uint8Array(WIDTH * HEIGHT).fill(DUSK));
}

async function roll(path: string, luma: Uint8Array): Promise<void> {
  const colour = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
  const one = [Buffer.from('FRAME\n'), luma, colour];
  await writeFile(path, Buffer.concat([Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`), ...one, ...one]));
}

/** The picture in the middle of the frame, each pixel the mean of those it covers. */
function frame(picture: Picture): Uint8Array {
  const scale = Math.max(picture.width / WIDTH, picture.height / HEIGHT) / 0.85;
  const [width, height] = [Math.floor(picture.width / scale), Math.floor(picture.height / scale)];
  const [left, top] = [(WIDTH - width) >> 1, (HEIGHT - height) >> 1];
  const luma = new Uint8Array(WIDTH * HEIGHT).fill(DUSK);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      luma[(top + y) * WIDTH + left + x] = DUSK + 0.55 * mean(picture, x * scale, y * scale, scale);
    }
  }
  return luma;
}

function mean({ width, height, luma }: Picture, x: number, y: number, side: number): number {
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(y); row < Math.min(y + side, height); row++) {
    for (let column = Math.floor(x); column < Math.min(x + side, width); column++) {
      sum += luma[row * width + column];
      count++;
    }
  }
  return sum / count;
}

/** Reads what Chromium writes: eight bits a channel, not interlaced. */
function pictureOf(png: Buffer): Picture {
  const packed: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const name = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + length);
    if (name === 'IHDR') {
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      channels = data[9] === 6 ? 4 : 3;
    }
    if (name === 'IDAT') packed.push(data);
    at += length + 12;
  }
  const lines = inflateSync(Buffer.concat(packed));
  const stride = width * channels;
  const pixels = new Uint8Array(stride * height);
  for (let row = 0; row < height; row++) {
    unfilter(lines.subarray(row * (stride + 1), (row + 1) * (stride + 1)), pixels, row * stride, stride, channels);
  }
  const luma = new Uint8Array(width * height);
  for (let n = 0; n < luma.length; n++) {
    const [red, green, blue] = pixels.subarray(n * channels, n * channels + 3);
    luma[n] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { width, height, luma };
}

/** PNG's five line filters. */
function unfilter(line: Uint8Array, pixels: Uint8Array, start: number, stride: number, step: number): void {
  const filter = line[0];
  for (let n = 0; n < stride; n++) {
    const left = n >= step ? pixels[start + n - step] : 0;
    const above = start > 0 ? pixels[start + n - stride] : 0;
    const corner = n >= step && start > 0 ? pixels[start + n - stride - step] : 0;
    const guess = [0, left, above, (left + above) >> 1, nearest(left, above, corner)][filter];
    pixels[start + n] = line[n + 1] + guess;
  }
}

function nearest(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const far = [left, above, corner].map((value) => Math.abs(guess - value));
  if (far[0] <= far[1] && far[0] <= far[2]) return left;
  return far[1] <= far[2] ? above : corner;
}
