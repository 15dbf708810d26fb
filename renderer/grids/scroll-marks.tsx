/** Marks beside the scroll bar of a grid: where along its rows something lies. */
import { useEffect, useRef } from 'react';

/** @param marks a stretch of the rows each: 1 where something lies in it */
export function ScrollMarks({ marks }: { readonly marks: Uint8Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const draw = (): void => {
      const context = element.getContext('2d');
      const { clientWidth, clientHeight } = element;
      const ratio = window.devicePixelRatio;
      element.width = Math.max(1, Math.round(clientWidth * ratio));
      element.height = Math.max(1, Math.round(clientHeight * ratio));
      if (context === null) return;
      context.fillStyle = getComputedStyle(element).color;
      const least = 2 * ratio;
      marks.forEach((mark, index) => {
        if (mark === 0) return;
        const top = (index / marks.length) * (element.height - least);
        context.fillRect(0, Math.round(top), element.width, Math.max(least, element.height / marks.length));
      });
    };
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    return () => observer.disconnect();
  }, [marks]);
  return <canvas ref={canvas} className="scroll-marks" aria-hidden="true" />;
}
