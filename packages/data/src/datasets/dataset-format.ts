/** In which format a file is, by its name. */
import { closestName } from '@quality-hub/protocol';
import { DatasetError } from './dataset-errors.ts';

export type DatasetFormat = 'json' | 'ndjson' | 'csv' | 'yaml';

export interface FileFormat {
  readonly format: DatasetFormat;
  readonly gzip: boolean;
}

const BY_ENDING: Readonly<Record<string, DatasetFormat>> = {
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
  tsv: 'csv',
  yaml: 'yaml',
  yml: 'yaml',
};

/** @throws {DatasetError} (`QH_DATASET_FORMAT`) for a name that tells no format. */
export function formatOf(path: string): FileFormat {
  const gzip = path.toLowerCase().endsWith('.gz');
  const ending = /\.([^./\\]+)$/.exec(gzip ? path.slice(0, -3) : path)?.[1]?.toLowerCase() ?? '';
  const format = Object.hasOwn(BY_ENDING, ending) ? BY_ENDING[ending] : undefined;
  if (format !== undefined) return { format, gzip };
  const names = Object.keys(BY_ENDING);
  const meant = closestName(ending, names);
  throw new DatasetError(
    'QH_DATASET_FORMAT',
    `${path}: ${ending === '' ? 'the name has no ending' : `.${ending} is no format`}, expected one of ${names.map(name => `.${name}`).join(', ')}`,
    meant === undefined ? 'Give it a name that tells its format; .gz may follow' : `Did you mean .${meant}?`,
  );
}
