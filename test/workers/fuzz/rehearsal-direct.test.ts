// A server that rehearses sends no write, whatever it is called with by its own doors.
import { rehearse } from './rehearsal.ts';

rehearse(['mcp', 'management']);
