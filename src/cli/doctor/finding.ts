/** What one look of `doctor` found. */
export interface Finding {
  readonly name: string
  readonly state: 'ok' | 'warning' | 'bad'
  readonly says: string
  /** What to do about it. */
  readonly fix?: string
}

/** All is well. */
export const good = (name: string, says: string): Finding => ({ name, state: 'ok', says })
/** It works, and something should be known. */
export const warning = (name: string, says: string, fix?: string): Finding => ({
  name,
  state: 'warning',
  says,
  ...(fix === undefined ? {} : { fix }),
})
/** The gateway cannot run so. */
export const bad = (name: string, says: string, fix: string): Finding => ({ name, state: 'bad', says, fix })
