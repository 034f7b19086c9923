import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const source = join(__dirname, '..', '..', 'src');
const rooms = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory());

it.each(rooms.map(({ name }) => name))('src/%s says what it is for', (room) => {
  expect(existsSync(join(source, room, 'README.md'))).toBe(true);
});
