import { config } from "zod";

// The page's policy allows no `eval`, which zod would try first; imported before any schema is made.
config({ jitless: true });
