// Stands in for Electron's own `default_app`, which the registry's runtime lacks: `electron <folder> …` starts
// the application in that folder with the same `process.argv` and the same names as the official binary gives.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

const folder = resolve(process.argv[1] ?? '.');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
process.defaultApp = true;
app.setVersion(manifest.version);
app.setName(manifest.productName ?? manifest.name);
app.setAppPath(folder);
await import(pathToFileURL(join(folder, manifest.main)).href);
