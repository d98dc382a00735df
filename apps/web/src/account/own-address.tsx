import { useState } from 'preact/hooks';
import type { User } from '../api/types.js';
import { useLanguage } from '../texts/language.js';
import { ChangeEmail } from './change-email.js';

interface Props {
  readonly user: User;
  /** What the button says that opens the form. */
  readonly label: string;
  /** Whether what came of it is no longer true. */
  readonly isOver?: boolean;
  readonly onUser: (user: User) => void;
}

/** A button that opens a form for another address, and what has come of it. */
export function OwnAddress({ user, label, isOver = false, onUser }: Props) {
  const t = useLanguage().texts.changeEmail;
  const [isOpen, setOpen] = useState(false);
  const [told, setTold] = useState('');
  return (
    <div class="own-address">
      <div role="status">{told && !isOver && <p class="notice good">{told}</p>}</div>
      {isOpen ? (
        <ChangeEmail
          email={user.email}
          onUser={(changed) => {
            setOpen(false);
            setTold(t.changed(changed.email));
            onUser(changed);
          }}
          onAsked={(email) => {
            setOpen(false);
            setTold(t.asked(email));
          }}
          onCancel={() => setOpen(false)}
        />
      ) : (
        <button
          class="quiet"
          type="button"
          onClick={() => {
            setTold('');
            setOpen(true);
          }}
        >
          {label}
        </button>
      )}
    </div>
  );
}
