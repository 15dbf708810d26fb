/** A picture that is looked at closely: wheel and keys zoom, dragging and arrow keys move it. */
import { useEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { useLanguage } from '../i18n/language.tsx';
import { fitted, movedBy, scaledAt, zoomStep } from './picture-zoom.ts';
import type { PictureView, Size } from './picture-zoom.ts';

const arrowStep = 60;

export function ZoomedPicture({
  url,
  name,
  tools,
}: {
  readonly url: string;
  readonly name: string;
  /** Beside the buttons of the zoom. */
  readonly tools: ReactNode;
}) {
  const { t } = useLanguage();
  const frame = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Size | null>(null);
  const [picture, setPicture] = useState<Size | null>(null);
  /** Null: fitted, whatever the frame's size. */
  const [chosen, setChosen] = useState<PictureView | null>(null);
  const view = picture === null || room === null ? null : (chosen ?? fitted(picture, room));
  const dragged = useRef<{ readonly x: number; readonly y: number } | null>(null);

  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setRoom({ width: element.clientWidth, height: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const zoomTo = (scale: number, at?: { readonly x: number; readonly y: number }): void => {
    if (view === null || picture === null || room === null) return;
    setChosen(scaledAt(view, scale, at ?? { x: room.width / 2, y: room.height / 2 }, picture, room));
  };
  const move = (x: number, y: number): void => {
    if (view !== null && picture !== null && room !== null) setChosen(movedBy(view, x, y, picture, room));
  };
  const latest = useRef(zoomTo);
  const scale = view?.scale ?? 1;
  const latestScale = useRef(scale);
  useEffect(() => {
    latest.current = zoomTo;
    latestScale.current = scale;
  });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    // React listens to the wheel passively: the pane around would scroll as well.
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const at = { x: event.clientX - box.left, y: event.clientY - box.top };
      latest.current(latestScale.current * Math.exp(-event.deltaY / 400), at);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Readonly<Record<string, () => void>> = {
      '+': () => zoomTo(scale * zoomStep),
      '-': () => zoomTo(scale / zoomStep),
      '0': () => setChosen(null),
      '1': () => zoomTo(1),
      ArrowLeft: () => move(arrowStep, 0),
      ArrowRight: () => move(-arrowStep, 0),
      ArrowUp: () => move(0, arrowStep),
      ArrowDown: () => move(0, -arrowStep),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  const buttons = [
    { key: 'out', sign: '−', label: t('picture.out'), act: () => zoomTo(scale / zoomStep) },
    { key: 'in', sign: '+', label: t('picture.in'), act: () => zoomTo(scale * zoomStep) },
    { key: 'fit', sign: '⤢', label: t('picture.fit'), act: () => setChosen(null) },
    { key: 'full', sign: '1:1', label: t('picture.full'), act: () => zoomTo(1) },
  ];
  return (
    <>
      <div className="picture-bar">
        {buttons.map(({ key, sign, label, act }) => (
          <button key={key} type="button" className="button" aria-label={label} title={label} onClick={act}>
            <span aria-hidden="true">{sign}</span>
          </button>
        ))}
        <span className="zoom" role="status" aria-label={t('picture.zoom')}>
          {Math.round(scale * 100)} %
        </span>
        {tools}
      </div>
      <div
        ref={frame}
        className="picture"
        role="group"
        tabIndex={0}
        aria-label={name}
        title={t('picture.hint')}
        onKeyDown={onKeyDown}
        onDoubleClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          if (chosen === null) zoomTo(1, { x: event.clientX - box.left, y: event.clientY - box.top });
          else setChosen(null);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          dragged.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          const { current: from } = dragged;
          if (from === null) return;
          dragged.current = { x: event.clientX, y: event.clientY };
          move(event.clientX - from.x, event.clientY - from.y);
        }}
        onPointerUp={() => {
          dragged.current = null;
        }}
        onPointerCancel={() => {
          dragged.current = null;
        }}
      >
        <img
          src={url}
          alt={name}
          draggable={false}
          className={scale >= 2 ? 'sharp' : ''}
          style={
            view === null
              ? { visibility: 'hidden' }
              : { transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }
          }
          onLoad={({ currentTarget: { naturalWidth: width, naturalHeight: height } }) =>
            setPicture({ width, height })
          }
        />
      </div>
    </>
  );
}
