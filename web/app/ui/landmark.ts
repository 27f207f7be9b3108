/** Where what floats is put: inside the landmark that it belongs to, so that nobody who moves by landmarks misses it. */

export const mainLandmark = (): HTMLElement | null => document.querySelector('main');
