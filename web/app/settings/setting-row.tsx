/** One thing among the settings: its picture, its name, what it means, and below that what can be done about it. */
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import './setting-row.css';

interface SettingRowProps {
  readonly icon: LucideIcon;
  /** It stands well: the icon is in the accent's colour. */
  readonly good?: boolean;
  readonly name: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

export function SettingRow({ icon: Icon, good = false, name, text, children }: SettingRowProps) {
  return (
    <div className="setting-row">
      <Icon size={20} aria-hidden="true" data-good={good || undefined} />
      <div className="setting-row-body">
        <p className="setting-row-name">{name}</p>
        {text !== undefined && <p className="quiet">{text}</p>}
        {children}
      </div>
    </div>
  );
}
