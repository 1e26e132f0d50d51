// A change of settings names only what is to be different.

/** What was set, with what is given in its place; `undefined` counts as not given. */
export function changed<T extends object>(settings: T, change: { readonly [Key in keyof T]?: T[Key] | undefined }): T {
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return { ...settings, ...given };
}
