/** How a picture lies in its frame: how large, and where its corner is. Pure; lengths in CSS pixels. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface PictureView {
  /** 1: a pixel of the picture is a pixel of the frame. */
  readonly scale: number;
  /** Where the picture's left upper corner lies in the frame. */
  readonly x: number;
  readonly y: number;
}

export const leastScale = 0.05;
export const mostScale = 16;
/** What a key or a button changes the scale by. */
export const zoomStep = 1.25;

/** All of the picture, in the middle, never larger than it is. */
export function fitted(picture: Size, frame: Size): PictureView {
  const scale = limited(
    Math.min(1, frame.width / Math.max(1, picture.width), frame.height / Math.max(1, picture.height)),
  );
  return within({ scale, x: 0, y: 0 }, picture, frame);
}

/** Scaled around a point of the frame, which keeps what it shows. */
export function scaledAt(
  view: PictureView,
  wanted: number,
  at: { readonly x: number; readonly y: number },
  picture: Size,
  frame: Size,
): PictureView {
  const scale = limited(wanted);
  const factor = scale / view.scale;
  return within(
    { scale, x: at.x - (at.x - view.x) * factor, y: at.y - (at.y - view.y) * factor },
    picture,
    frame,
  );
}

export function movedBy(view: PictureView, x: number, y: number, picture: Size, frame: Size): PictureView {
  return within({ ...view, x: view.x + x, y: view.y + y }, picture, frame);
}

/** Keeps a picture that is larger than its frame over all of it, and a smaller one in the middle. */
export function within(view: PictureView, picture: Size, frame: Size): PictureView {
  const along = (at: number, length: number, room: number): number =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at));
  return {
    scale: view.scale,
    x: along(view.x, picture.width * view.scale, frame.width),
    y: along(view.y, picture.height * view.scale, frame.height),
  };
}

function limited(scale: number): number {
  return Math.min(mostScale, Math.max(leastScale, scale));
}
