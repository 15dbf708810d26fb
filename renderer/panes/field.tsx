import type { ReactNode } from 'react';

/** A named value of the inspector, with the source's own words below it. */
export function Field({
  name,
  raw,
  children,
}: {
  readonly name: string;
  readonly raw: string | null;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {raw === null || raw === '' ? null : <span className="raw">{raw}</span>}
      </dd>
    </div>
  );
}
