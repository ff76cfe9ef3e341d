/** Progress by stage, with the time left as far as it can be told. */
import { byId } from './dom.ts';

/** Each stage in words, and its share of the time in percent: from, to. */
export type StageShares<Stage extends string> = Readonly<
  Record<Stage, readonly [text: string, from: number, to: number]>
>;

export interface StageProgress<Stage extends string> {
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
}

/** Below this share an estimate would be a guess. */
const leastShare = 0.3;

export class ProgressView<Stage extends string> {
  private readonly prefix: string;
  private readonly stages: StageShares<Stage>;
  private begun = 0;

  /** @param prefix of the ids of its elements in the page */
  constructor(prefix: string, stages: StageShares<Stage>) {
    this.prefix = prefix;
    this.stages = stages;
  }

  /** @param text what is done first */
  start(text: string): void {
    this.begun = performance.now();
    byId(`${this.prefix}progress`).hidden = false;
    this.show(text, 0, '');
  }

  update({ stage, done, total }: StageProgress<Stage>): void {
    const [text, from, to] = this.stages[stage];
    const percent = from + (to - from) * (total > 0 ? done / total : 1);
    const share = percent / 100;
    const elapsed = performance.now() - this.begun;
    const left =
      share < leastShare ? '' : `about ${Math.ceil((elapsed * (1 - share)) / share / 1000)} s left`;
    this.show(text, percent, left);
  }

  stop(): void {
    byId(`${this.prefix}progress`).hidden = true;
  }

  private show(text: string, percent: number, left: string): void {
    const { prefix } = this;
    byId(`${prefix}stage`).textContent = text;
    byId(`${prefix}time-left`).textContent = left;
    byId<HTMLProgressElement>(`${prefix}bar`).value = percent;
  }
}
