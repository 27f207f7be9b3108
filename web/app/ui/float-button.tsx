/** A button with a popover. What floats is loaded just after the first paint; until then the same button stands alone. */
import { type ComponentProps, lazy, type ReactNode, Suspense, useState } from 'react';

const FloatPopover = lazy(() =>
  import('./float-popover.tsx').then((module) => ({ default: module.FloatPopover })),
);

export interface FloatButtonProps {
  readonly button: Omit<ComponentProps<'button'>, 'ref' | 'onClick'> & { readonly 'data-tip'?: string };
  readonly title: string;
  readonly popup: (close: () => void) => ReactNode;
  readonly popupClass?: string;
  readonly side?: 'top' | 'bottom';
  readonly align?: 'start' | 'center' | 'end';
  readonly openOnHover?: boolean;
  readonly onClosed?: () => void;
}

export function FloatButton(props: FloatButtonProps) {
  const [open, setOpen] = useState(false);
  // A press that comes before the rest is loaded still counts: it is open as soon as it can be.
  const alone = (
    <button
      type="button"
      {...props.button}
      aria-haspopup="dialog"
      aria-expanded={open}
      onClick={() => setOpen(true)}
    />
  );
  return (
    <Suspense fallback={alone}>
      <FloatPopover {...props} open={open} onOpenChange={setOpen} />
    </Suspense>
  );
}
