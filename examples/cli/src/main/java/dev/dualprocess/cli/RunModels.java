package dev.dualprocess.cli;

import dev.dualprocess.Conditioning;
import dev.dualprocess.models.ModelPair;

/**
 * The models of one run.
 *
 * @param pair the open models
 * @param lent whether they stay open for the next run; its texts are the run's alone
 */
record RunModels(ModelPair pair, boolean lent) implements AutoCloseable {
  @Override
  public void close() {
    if (lent) {
      pair.texts().forEach(Conditioning::close);
    } else {
      pair.close();
    }
  }
}
