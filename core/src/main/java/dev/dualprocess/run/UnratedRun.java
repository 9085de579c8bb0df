package dev.dualprocess.run;

import dev.dualprocess.distill.Evaluation.Rated;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.tensor.NotFiniteException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A run whose pictures could not be rated at its end, since something was not finite: what there is
 * of it is kept nevertheless.
 *
 * @param before the pictures that were rated before the run
 * @param results what is known of the run
 */
public record UnratedRun(
    TrainingRun run, RunFolder folder, List<Rated> before, Map<String, Object> results) {
  /** Copies list and map. */
  public UnratedRun {
    before = List.copyOf(before);
    results = new LinkedHashMap<>(results);
  }

  /**
   * Writes the pictures from before, those after as far as they can be drawn, and {@code
   * results.json} with the reason in it. Where they cannot be drawn, the LoRA is saved again as it
   * was when it was last found good.
   *
   * @return what to throw
   */
  public RuntimeException keep(RuntimeException reason) throws IOException {
    for (Rated rated : before) {
      run.writeUnrated(rated.seed(), false, rated.image());
    }
    RuntimeException told = drawn() ? reason : run.diverged(Objects.toString(reason.getMessage()));
    Map<String, Object> all = new LinkedHashMap<>(results);
    all.put("steps", run.reports().size());
    all.put("error", told.getMessage());
    folder.writeResults(all);
    return told;
  }

  private boolean drawn() throws IOException {
    try (Attachment learnt = run.attach()) {
      for (Rated rated : before) {
        run.writeUnrated(rated.seed(), true, run.draw(rated.seed()));
      }
      return true;
    } catch (NotFiniteException e) {
      return false;
    }
  }
}
