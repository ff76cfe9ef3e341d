/** The page as a whole: its tabs, and what they share. */
import { CompareTab } from './compare/compare-tab.ts';
import { Engine } from './engine/engine.ts';
import { listenForDropped } from './input/listen.ts';
import { SegmentTab } from './segment-tab.ts';
import { TrainTab } from './train/train-tab.ts';
import { copyDiagnostics } from './ui/diagnostics.ts';
import { byId } from './ui/dom.ts';
import { Problems } from './ui/problems.ts';
import { Settings } from './ui/settings.ts';
import { listenToTabs, shownTab, showTab } from './ui/tabs.ts';
import { listenToTheme } from './ui/theme.ts';
import { Turn } from './ui/turn.ts';

export async function startPage(): Promise<void> {
  listenToTheme();
  listenToTabs();
  const problems = new Problems();
  const settings = new Settings();
  // Scans are segmented and compared by one worker, which keeps its network.
  const engine = new Engine();
  const turn = new Turn(problems);
  const compare = new CompareTab(engine, settings, turn);
  const segment = new SegmentTab(engine, settings, problems, turn, (scans) => compare.use(scans));
  const train = new TrainTab(new Engine(), settings, problems, (model) => {
    settings.add(model);
    showTab('segment');
  });
  listenForDropped((given) => {
    if (shownTab() === 'train') {
      train.take(given);
      return;
    }
    showTab('segment');
    segment.take(given);
  }, problems.tell);
  byId('diagnostics').addEventListener('click', () => {
    const { graphics, record } = segment;
    copyDiagnostics({ graphics, record, error: problems.last }).catch(problems.tell);
  });
  try {
    await settings.load();
    await segment.start();
    await train.start();
  } catch (error) {
    problems.tell(error);
    return;
  }
  document.body.dataset.ready = 'yes';
}
