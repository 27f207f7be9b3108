/**
 * For `finalFocus` of what floats: focuses `element` itself. Left to Base UI, the focus would go to the first control
 * within it if, like a message, it is only reached by script. Returns whether Base UI is to find another place.
 */
export function focusBack(element: HTMLElement | null): boolean {
  element?.focus({ preventScroll: true });
  return element === null;
}
