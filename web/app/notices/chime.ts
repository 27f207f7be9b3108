/** Two soft notes for a new message, made on the spot: no sound file to load. */

let context: AudioContext | null = null;

export function chime(): void {
  const audio = (context ??= new AudioContext());
  // Without a click on the page so far, the browser keeps it silent; then there is nothing to play.
  if (audio.state === 'suspended') return void audio.resume();
  const start = audio.currentTime;
  [659.25, 987.77].forEach((frequency, index) => note(audio, frequency, start + index * 0.09));
}

function note(audio: AudioContext, frequency: number, at: number): void {
  const tone = new OscillatorNode(audio, { type: 'sine', frequency });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.06, at + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.4);
}
