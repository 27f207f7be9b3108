/** The picture of a group, to be chosen, changed or removed. */
import { ImagePlus, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { GroupFace } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { say } from '../ui/toasts.tsx';
import { squarePicture } from './picture.ts';
import { useGroupWords } from './words.ts';

interface PictureFieldProps {
  readonly id: string;
  readonly name: string;
  readonly picture: string | null;
  readonly onChange: (picture: string | null) => void;
}

export function PictureField({ id, name, picture, onChange }: PictureFieldProps) {
  const { info: words } = useGroupWords();
  const input = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    const made = await squarePicture(file);
    if (made === null) say({ text: words.wrong, urgent: true, key: 'picture' });
    else onChange(made);
  };
  return (
    <div className="row picture-field" role="group" aria-label={words.picture}>
      <GroupFace group={{ id, name, picture }} size="large" />
      <Button look="quiet" icon={<ImagePlus size={18} />} onClick={() => input.current?.click()}>
        {picture === null ? words.choose : words.change}
      </Button>
      {picture !== null && (
        <IconButton label={words.noPicture} icon={<Trash2 size={18} />} onClick={() => onChange(null)} />
      )}
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        onChange={(event) => {
          void take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
}
