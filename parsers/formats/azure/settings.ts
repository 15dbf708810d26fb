import { defineDocumentFormat } from '../define-format.ts';
import type { Probe } from '../define-format.ts';
import type { AzureSettings } from './facts.ts';
import { nameOf, patchExtension, scopeOf, sequenceOf, stateDeviceOfPath } from './paths.ts';
import {
  fieldAt,
  field,
  guidOf,
  listOf,
  objectOf,
  readDuration,
  readStamp,
  stringsOf,
  textOf,
} from './values.ts';
import type { JsonObject } from './values.ts';

const publicSettingsPath = ['handlerSettings', 'publicSettings'] as const;
/** Names that only this extension's settings have; two of them make a settings file of it. */
const ownNames =
  /"(?:maximumDuration|rebootSetting|patchMode|assessmentMode|maintenanceRunId|patchesToInclude)"/gu;

function isSettings({ name, path, shape, text }: Probe): boolean {
  if (shape !== 'json' && shape !== 'text') return false;
  const own = new Set([...text.matchAll(ownNames)].map(([found]) => found)).size;
  // Saved under whatever name: its own fields tell.
  if (!/\.settings$|settings[^/]*\.json$/u.test(name))
    return shape === 'json' && own >= 2 && /"runtimeSettings"\s*:/u.test(text);
  return own >= 2 || (patchExtension.test(path) && text.includes('"runtimeSettings"'));
}

/** `config/<seq>.settings`, on Windows `RuntimeSettings/<seq>.settings`: what a run was asked to do. */
export const settingsFile = defineDocumentFormat({
  id: 'azure/settings',
  system: 'azure-update-manager',
  recognise: isSettings,
  read(document) {
    const json = document.json();
    if (json === null) {
      stateDeviceOfPath(document);
      return document.text().search(ownNames) !== -1;
    }
    const first = objectOf(listOf(fieldAt(json.value, 'runtimeSettings'))[0]);
    const settings = objectOf(fieldAt(first, ...publicSettingsPath));
    if (settings === null) return false;
    stateDeviceOfPath(document);
    const pointer = '/runtimeSettings/0/handlerSettings/publicSettings';
    const value = readSettings(settings, {
      sequence: sequenceOf(nameOf(document.path)),
      scope: scopeOf(document.path),
      from: 'file',
    });
    if (value.startRaw !== null && value.startTime === null)
      document.harvest.warning(json.lineOf(`${pointer}/startTime`), 'bad-date', value.startRaw);
    document.harvest.fact({
      type: 'azure/settings',
      value,
      citation: document.cite(
        json.lineOf(`${pointer}/startTime`) ?? json.lineOf(pointer) ?? 1,
        JSON.stringify(settings).slice(0, 2_000),
        null,
        pointer,
      ),
    });
    return true;
  },
});

/** The public settings, of a file or as a handler's log carries them. */
export function readSettings(
  settings: JsonObject,
  place: Pick<AzureSettings, 'sequence' | 'scope' | 'from'>,
): AzureSettings {
  const startRaw = textOf(field(settings, 'startTime'));
  const durationRaw = textOf(field(settings, 'maximumDuration'));
  return {
    ...place,
    activityId: guidOf(field(settings, 'activityId')),
    operation: textOf(field(settings, 'operation')),
    startTime: readStamp(startRaw),
    startRaw,
    durationRaw,
    minutes: readDuration(durationRaw),
    rebootSetting: textOf(field(settings, 'rebootSetting')),
    classifications: stringsOf(field(settings, 'classificationsToInclude')),
    include: stringsOf(field(settings, 'patchesToInclude')),
    exclude: stringsOf(field(settings, 'patchesToExclude')),
    maintenanceRunId: textOf(field(settings, 'maintenanceRunId')),
    patchMode: textOf(field(settings, 'patchMode')),
    assessmentMode: textOf(field(settings, 'assessmentMode')),
    assessmentIntervalMinutes: readDuration(field(settings, 'maximumAssessmentInterval')),
  };
}
