/** What a guest has told so far; it goes along from form to form. The password does not. */
export interface Draft {
  readonly displayName: string;
  readonly email: string;
  readonly interests: readonly string[];
}

export const EMPTY_DRAFT: Draft = { displayName: '', email: '', interests: [] };

export interface DraftProps {
  readonly draft: Draft;
  readonly onDraft: (change: Partial<Draft>) => void;
}
