import { defineDocumentFormat } from '../define-format.ts';
import type { Probe } from '../define-format.ts';
import { patchExtension, stateDeviceOfPath } from './paths.ts';
import { objectOf } from './values.ts';

const names = /^(?:corestate|extstate|assessmentstate)\.json$/u;

function isState({ name, path, shape, text }: Probe): boolean {
  if (shape !== 'json') return false;
  if (names.test(name)) return /"(?:coreSequence|extensionSequence|assessmentState)"/u.test(text);
  return name === 'handlerenvironment.json' && (patchExtension.test(path) || patchExtension.test(text));
}

/**
 * `CoreState.json`, `ExtState.json`, `AssessmentState.json`, `HandlerEnvironment.json`: what the extension
 * remembers between its calls. Shown and searchable; status files and logs say the same and more.
 */
export const stateFile = defineDocumentFormat({
  id: 'azure/state',
  system: 'azure-update-manager',
  recognise: isState,
  read(document) {
    const json = document.json();
    if (json === null || (objectOf(json.value) === null && !Array.isArray(json.value))) return false;
    stateDeviceOfPath(document);
    return true;
  },
});
