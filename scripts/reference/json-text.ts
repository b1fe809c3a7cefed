/** JSON as it stands in the repository. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
