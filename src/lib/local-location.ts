/**
 * A rendered `Location`, kept on this host when its template begins with one slash: browsers drop tabs and take a second
 * slash or a backslash for the beginning of another host.
 */
export const localLocation = (template: string, made: string): string =>
  /^\/(?![/\\])/.test(template) ? made.replaceAll('\t', '').replace(/^[/\\]+/, '/') : made
