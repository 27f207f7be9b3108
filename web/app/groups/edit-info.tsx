/** Changes the name, topic and picture of a group; of a public room the topic only. */
import { type FormEvent, useState } from 'react';
import { LIMITS } from '../../../signaling/protocol/limits.ts';
import { GROUP_NAME_MAX } from '../../core/group-model.ts';
import type { Group } from '../../core/model.ts';
import { failureText } from '../i18n/failure.ts';
import { useSpeech } from '../i18n/index.ts';
import { useMessenger } from '../messenger-context.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { say } from '../ui/toasts.tsx';
import { useAction } from '../ui/use-action.ts';
import { PictureField } from './picture-field.tsx';
import { useGroupWords } from './words.ts';

export function EditInfo({ group, onClose }: { group: Group; onClose: () => void }) {
  const { t, format } = useSpeech();
  const { info: words, start } = useGroupWords();
  const { groups } = useMessenger();
  const [name, setName] = useState(group.name);
  const [topic, setTopic] = useState(group.topic);
  const [picture, setPicture] = useState(group.picture);
  const [missing, setMissing] = useState(false);
  const { busy, failure, run } = useAction();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setMissing(name.trim() === '');
    if (name.trim() === '') return;
    const info = { name: name.trim(), topic: topic.trim(), picture };
    if (!(await run(() => groups.setInfo(group.id, info)))) return;
    say({ text: words.saved });
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={group.public ? words.editRoom : words.edit}>
      <form className="stack" onSubmit={(event) => void save(event)} noValidate>
        {!group.public && (
          <>
            <PictureField id={group.id} name={name} picture={picture} onChange={setPicture} />
            <Field
              label={words.name}
              value={name}
              onChange={setName}
              maxLength={GROUP_NAME_MAX}
              autoComplete="off"
              required
              error={missing && name.trim() === '' ? start.nameMissing : null}
            />
          </>
        )}
        <Field
          label={words.topic}
          hint={words.topicHint}
          value={topic}
          onChange={setTopic}
          maxLength={LIMITS.topicMax}
          autoComplete="off"
          error={failure && failureText(failure, t, format)}
        />
        <div className="dialog-actions">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {t.common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
