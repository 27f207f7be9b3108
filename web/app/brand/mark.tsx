/** The mark: two dots, and a line that bends around an obstacle. */
export function Mark({ size = 32, label }: { size?: number; label?: string }) {
  return (
    <svg
      className="mark"
      width={size}
      height={size}
      viewBox="0 0 64 64"
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <circle className="mark-obstacle" cx="32" cy="43" r="5.5" />
      <path className="mark-line" d="M12 43h4.5c5.5 0 5.5-21 15.5-21s10 21 15.5 21H52" pathLength="100" />
      <circle className="mark-dot" cx="12" cy="43" r="6.5" />
      <circle className="mark-dot" cx="52" cy="43" r="6.5" />
    </svg>
  );
}
