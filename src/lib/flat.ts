/**
 * The same Latin-1 text in one piece. V8 keeps what was concatenated as a tree of its parts until somebody needs it
 * whole, and a part of a longer text never is: a text that is kept and written into many others is copied part by part
 * each time. Costs two copies; for texts that are made once.
 */
export const flat = (text: string): string => Buffer.from(text, 'latin1').latin1Slice()
