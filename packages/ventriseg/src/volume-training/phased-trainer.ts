/** A trainer whose loss changes at given steps. */
import type { Batch, Checkpoint, Loss, StepResult, Trainer } from 'onnx-autograd';

export interface LossPhase {
  readonly loss: Loss;
  /** Step that the phase ends before; the last one never ends. */
  readonly until: number;
}

export class PhasedTrainer {
  private readonly phases: readonly LossPhase[];
  private readonly create: (loss: Loss) => Promise<Trainer>;
  private phase: number;
  private current: Trainer;

  private constructor(
    phases: readonly LossPhase[],
    create: (loss: Loss) => Promise<Trainer>,
    phase: number,
    trainer: Trainer,
  ) {
    this.phases = phases;
    this.create = create;
    this.phase = phase;
    this.current = trainer;
  }

  /** @param create makes the trainer of a phase, at its start values */
  static async open(
    phases: readonly LossPhase[],
    create: (loss: Loss) => Promise<Trainer>,
    checkpoint: Checkpoint | undefined,
  ): Promise<PhasedTrainer> {
    const phase = phaseAt(phases, checkpoint?.step ?? 0);
    const trainer = await create(phases[phase]!.loss);
    if (checkpoint !== undefined) trainer.restore(checkpoint);
    return new PhasedTrainer(phases, create, phase, trainer);
  }

  /** The trainer of the phase under way; another one after the step that begins the next. */
  get trainer(): Trainer {
    return this.current;
  }

  async train(batch: Batch, learningRate: number): Promise<StepResult> {
    const phase = phaseAt(this.phases, this.current.step);
    if (phase !== this.phase) {
      const checkpoint = this.current.checkpoint();
      await this.current.release();
      this.current = await this.create(this.phases[phase]!.loss);
      this.current.restore(checkpoint);
      this.phase = phase;
    }
    return this.current.train(batch, learningRate);
  }

  release(): Promise<void> {
    return this.current.release();
  }
}

function phaseAt(phases: readonly LossPhase[], step: number): number {
  return phases.findIndex(({ until }, i) => step < until || i === phases.length - 1);
}
