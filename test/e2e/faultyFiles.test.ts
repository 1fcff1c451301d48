// The faulty files of every importer, more of them than among the fast suites.
process.env.FUZZ_PER_FILE ??= "200";
await import("../report/importers/fuzz.test.ts");

export {};
