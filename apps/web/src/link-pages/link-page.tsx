import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Shell } from '../shell/shell.js';

/** The frame of a page that a mail leads to: one card. */
export const LinkPage = ({ children }: { children: ComponentChildren }) => (
  <Shell>
    <div class="centre">
      <section class="card">{children}</section>
    </div>
  </Shell>
);

interface Props {
  readonly heading: string;
  readonly text?: string;
  /** Whether it comes where something else was: then it is read out. */
  readonly isNew: boolean;
  /** What to do next. */
  readonly children: ComponentChildren;
}

/** What became of a link. */
export function LinkOutcome({ heading, text, isNew, children }: Props) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isNew) title.current?.focus();
  }, []);
  return (
    <>
      <h1 ref={title} tabIndex={-1}>
        {heading}
      </h1>
      {text && <p class="lead">{text}</p>}
      {children}
    </>
  );
}
