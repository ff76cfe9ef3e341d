/** One job at a time on a worker, whichever part of the page asks for it. */
import { EngineFailure } from '../engine/engine.ts';
import type { Problems } from './problems.ts';

export class Turn {
  private readonly problems: Problems;
  private underWay: string | undefined;

  constructor(problems: Problems) {
    this.problems = problems;
  }

  /**
   * Runs the job and tells its error, if there is one; refuses it while another is under way.
   *
   * @param what the job is, for who asks for another meanwhile
   */
  take(what: string, job: () => Promise<void>): void {
    const { problems, underWay } = this;
    if (underWay !== undefined) {
      problems.tell(new EngineFailure('BUSY', `${underWay}; wait for it, or cancel it first`));
      return;
    }
    problems.clear();
    this.underWay = what;
    job()
      .catch(problems.tell)
      .finally(() => {
        this.underWay = undefined;
      });
  }
}
