/** Longest name of a step in bytes; more is cut. */
export const longestStepName = 127

/**
 * The name of a user's step as bytes, its length in front, made once at load: entering the step then costs one copy.
 * ASCII; anything else becomes `?`.
 */
export const stepName = (text: string): Uint8Array => {
  const name = text.replaceAll(/[^\u0020-\u007e]/g, '?').slice(0, longestStepName)
  return Uint8Array.from([name.length, ...new TextEncoder().encode(name)])
}
