// How often a fuzz target runs: a moment in `npm test`, as long as one likes by `npm run fuzz -- --runs N`.

export const runs = (usual: number): number => Number(process.env['FUZZ_RUNS'] ?? usual);
