/** A link to give away: to copy, to share, to scan. */
import { Check, Copy, Share2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useSpeech } from '../i18n/index.ts';
import { IconButton } from '../ui/button.tsx';
import { QrCode } from '../ui/qr-code.tsx';
import { copyText } from '../ui/copy-text.ts';
import './share-link.css';

interface ShareLinkProps {
  readonly link: string;
  readonly label: string;
  readonly qrLabel: string;
  /** Stands below the code. */
  readonly hint: ReactNode;
  /** Goes along with the link when it is shared. */
  readonly shareText: string;
}

export function ShareLink({ link, label, qrLabel, hint, shareText }: ShareLinkProps) {
  const { t } = useSpeech();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    setCopied(await copyText(link));
    setTimeout(() => setCopied(false), 2000);
  };
  // A refusal is the person's choice not to share after all.
  const share = () => void navigator.share({ text: shareText, url: link }).catch(() => undefined);
  return (
    <div className="stack">
      <div className="link-line">
        <input
          readOnly
          className="link-text"
          aria-label={label}
          value={link}
          dir="ltr"
          onFocus={(event) => event.target.select()}
        />
        <IconButton
          label={copied ? t.common.copied : t.common.copy}
          icon={copied ? <Check size={18} /> : <Copy size={18} />}
          onClick={() => void copy()}
        />
        {'share' in navigator && (
          <IconButton label={t.common.share} icon={<Share2 size={18} />} onClick={share} />
        )}
      </div>
      <span className="visually-hidden" role="status">
        {copied ? t.common.copied : ''}
      </span>
      <figure className="qr-figure">
        <QrCode text={link} label={qrLabel} />
        <figcaption className="quiet">{hint}</figcaption>
      </figure>
    </div>
  );
}
