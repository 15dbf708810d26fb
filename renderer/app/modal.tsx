import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useWindow } from '../state/window-store.ts';

/** The name of a command that opens a dialog as the dialog's heading: without the dots that promised it. */
export function headingOf(command: string): string {
  return command.replace(/…$/u, '');
}

/** A modal dialog of the platform: it holds the focus, Escape closes it, and the focus goes back. */
export function Modal({
  label,
  className,
  onClose,
  children,
}: {
  readonly label: string;
  readonly className: string;
  readonly onClose?: () => void;
  readonly children: ReactNode;
}) {
  const open = useWindow((state) => state.open);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  const close = onClose ?? (() => open('none'));
  return (
    <dialog
      ref={dialog}
      className={`modal ${className}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onPointerDown={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      {children}
    </dialog>
  );
}
