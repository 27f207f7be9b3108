/** A small shield beside a name: verified, or not to be believed; nothing for the two states between, which are usual. */
import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { Trust } from '../../core/model.ts';
import { useSpeech } from '../i18n/index.ts';
import { isStopped } from './use-trust.ts';
import './trust-mark.css';

export function TrustMark({ trust }: { trust: Trust | undefined }) {
  const { t } = useSpeech();
  if (trust !== 'verified' && !isStopped(trust)) return null;
  const Sign = trust === 'verified' ? ShieldCheck : ShieldAlert;
  return (
    <span className="trust-mark" data-trust={trust} title={t.trust[trust]}>
      <Sign size={16} aria-hidden="true" />
      <span className="visually-hidden">{t.trust[trust]}</span>
    </span>
  );
}
