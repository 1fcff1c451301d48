export type { ArrivalProcess, Instants } from "./arrivals.ts";
