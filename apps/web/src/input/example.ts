/** The example scan: where the server has one installed, it tells so in `example.json`. */
import type { GivenFiles } from '../engine/protocol.ts';
import { byId } from '../ui/dom.ts';

interface Example {
  readonly name: string;
  readonly origin: string;
}

/** Shows the button where there is an example. */
export async function offerExample(
  take: (given: GivenFiles) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  if (!navigator.onLine) return;
  const example = (await (await fetch('example.json')).json()) as Example | null;
  if (example === null) return;
  const button = byId('example');
  button.title = example.origin;
  button.hidden = false;
  button.addEventListener('click', () => {
    fetched(example).then(take, fail);
  });
}

async function fetched({ name }: Example): Promise<GivenFiles> {
  const response = await fetch(`example/${encodeURIComponent(name)}`);
  if (!response.ok)
    throw new Error(`the server answered ${response.status} ${response.statusText} to ${name}`);
  return { path: name, files: [{ path: name, blob: await response.blob() }] };
}
