package dev.dualprocess.cli;

import java.io.IOException;
import java.util.List;

/** Where a run's models come from. */
interface LentModels {
  /** Nobody lends: a run opens its own models. */
  LentModels NONE =
      new LentModels() {
        @Override
        public boolean has(ChosenModels chosen) {
          return false;
        }

        @Override
        public RunModels open(ChosenModels chosen, List<String> texts) throws IOException {
          return new RunModels(chosen.open(texts), false);
        }
      };

  /** Whether these are open already; if not, all others are closed by now. */
  boolean has(ChosenModels chosen);

  /** The models, with the texts encoded; the caller closes them. */
  RunModels open(ChosenModels chosen, List<String> texts) throws IOException;
}
