// `import()` of what is known only when the program runs. The build keeps this file by itself: code out of V8's cache has lost what Node needs for it.

export const importModule = (url: string): Promise<unknown> => import(url);
