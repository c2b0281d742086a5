// A server that rehearses sends no write, whatever it is called with through another tool.
import { rehearse } from './rehearsal.ts';

rehearse(['discovery', 'preview']);
