/** The settings: which network segments, and what computes. What computes is remembered. */
import {
  type ComputeChoice,
  type ComputeUsed,
  computeChoices,
  type ModelChoice,
} from '../engine/protocol.ts';
import { byId, element } from './dom.ts';

const key = 'ventriseg-compute';

const titles: Readonly<Record<ComputeChoice, string>> = {
  auto: 'WebGPU if it is right, else WebAssembly',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

/** A network as the build lists it in `models.json`. */
interface ShippedModel {
  readonly name: string;
  readonly files: readonly string[];
  readonly isDefault: boolean;
}

export class Settings {
  private readonly compute = byId<HTMLSelectElement>('compute');
  private readonly model = byId<HTMLSelectElement>('model');
  private models: ModelChoice[] = [];

  constructor() {
    const { compute } = this;
    compute.replaceChildren(
      ...computeChoices.map((choice) => element('option', { value: choice }, titles[choice])),
    );
    compute.value = computeChoices.find((choice) => choice === localStorage.getItem(key)) ?? 'auto';
    compute.addEventListener('change', () => localStorage.setItem(key, compute.value));
  }

  /** Lists the networks that are served with the page. */
  async load(): Promise<void> {
    const shipped = (await (await fetch('models.json')).json()) as readonly ShippedModel[];
    this.models = shipped.map(({ name, files }) => ({ name, files }));
    this.list(shipped.find(({ isDefault }) => isDefault)?.name);
  }

  get computeChoice(): ComputeChoice {
    return this.compute.value as ComputeChoice;
  }

  /** The network that is chosen. */
  get modelChoice(): ModelChoice {
    return this.models[this.model.selectedIndex]!;
  }

  /** Adds a network that was trained in the page, and chooses it. */
  add(model: ModelChoice): void {
    this.models = [...this.models.filter(({ name }) => name !== model.name), model];
    this.list(model.name);
  }

  showUsed(used: ComputeUsed): void {
    const why = used.passedOver.length === 0 ? '' : ` (${used.passedOver.join('; ')})`;
    byId('compute-used').textContent = `The last scan: ${inWords(used)}${why}.`;
  }

  private list(chosen: string | undefined): void {
    this.model.replaceChildren(...this.models.map(({ name }) => element('option', { value: name }, name)));
    if (chosen !== undefined) this.model.value = chosen;
  }
}

/** What computed, in words. */
export function inWords({ name, threads }: ComputeUsed): string {
  if (name !== 'wasm') return titles.webgpu;
  return `${titles.wasm}, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
}
