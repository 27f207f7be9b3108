/** A schema for JSON text whose content follows another schema; broken JSON is an issue like any other. */
import * as v from 'valibot';

export function jsonSchema<S extends v.GenericSchema>(content: S) {
  return v.pipe(
    v.string(),
    v.rawTransform<string, unknown>(({ dataset, addIssue, NEVER }) => {
      try {
        return JSON.parse(dataset.value) as unknown;
      } catch {
        addIssue({ message: 'not JSON' });
        return NEVER;
      }
    }),
    content,
  );
}
