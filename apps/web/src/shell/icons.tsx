import type { ComponentChildren } from 'preact';
import type { StepStatus } from '../api/types.js';

const Icon = ({ children }: { children: ComponentChildren }) => (
  <svg
    viewBox="0 0 20 20"
    width="20"
    height="20"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    {children}
  </svg>
);

/** A doorway with the light on. */
export const Logo = () => (
  <svg viewBox="0 0 28 32" width="24" height="28" aria-hidden="true" class="logo">
    <path class="door" d="M2 30V14a12 12 0 0 1 24 0v16z" />
    <path class="light" d="M8 30V15a6 6 0 0 1 12 0v15l-6-3.5z" />
  </svg>
);

export const EyeIcon = ({ crossed }: { crossed: boolean }) => (
  <Icon>
    <path d="M1.8 10S4.8 4.6 10 4.6 18.2 10 18.2 10 15.2 15.4 10 15.4 1.8 10 1.8 10z" />
    <circle cx="10" cy="10" r="2.4" />
    {crossed && <path d="M3.5 16.5l13-13" />}
  </Icon>
);

export const CheckIcon = () => (
  <Icon>
    <path d="M4.8 10.6l3.4 3.4 7-7.6" class="stroke-in" />
  </Icon>
);

export const ArrowIcon = () => (
  <Icon>
    <path d="M7 13l6-6M8 6.6h5.4V12" />
  </Icon>
);

/** A step's state, also for those who do not see colours. */
export const StatusIcon = ({ status }: { status: StepStatus }) => {
  if (status === 'done') return <CheckIcon />;
  if (status === 'failed')
    return (
      <Icon>
        <path d="M6 6l8 8M14 6l-8 8" />
      </Icon>
    );
  if (status === 'retrying')
    return (
      <Icon>
        <path d="M15.5 10a5.5 5.5 0 1 1-1.7-4M14.2 2.8V6.2h-3.4" />
      </Icon>
    );
  return (
    <Icon>
      <circle cx="10" cy="10" r="2.2" fill="currentColor" stroke="none" />
    </Icon>
  );
};
