// For the newest `deno check`, which reads tsconfig.json: the names of Deno itself.
/// <reference lib="deno.window" />
