/** A text that came from outside, safe for a terminal: controls and marks of direction are shown as escapes. */
export const shown = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (sign) => {
    const code = sign.codePointAt(0) as number
    return code < 256 ? String.raw`\x` + code.toString(16).padStart(2, '0') : String.raw`\u` + code.toString(16)
  })
