// Set-up of every file in the Workers runtime: the runtime is shared, what an earlier file left in storage goes.
import { reset } from 'cloudflare:test';
import { beforeAll } from 'vitest';

beforeAll(() => reset());
