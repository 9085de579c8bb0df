package dev.dualprocess.world.training;

import dev.dualprocess.run.RunListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** The bundled models in training, each stage going on from its checkpoint. */
public final class TinyModels {
  private final Workshop workshop;

  /**
   * Models and checkpoints are kept in {@code folder}.
   *
   * @param stopping whether to save and stop, asked after every step
   */
  public TinyModels(Path folder, RunListener watcher, BooleanSupplier stopping) {
    workshop = new Workshop(new TinyFolder(folder), watcher, stopping);
  }

  /**
   * Every stage in order.
   *
   * @return whether the end was reached; false if {@code stopping} asked for a stop
   */
  public boolean train() throws IOException {
    for (Stage stage : Stage.values()) {
      if (!train(stage)) {
        return false;
      }
    }
    return true;
  }

  /**
   * One stage, unless it has ended before.
   *
   * @return whether its end was reached; false if {@code stopping} asked for a stop
   * @throws IOException in one line, if the files of an earlier stage are missing
   */
  public boolean train(Stage stage) throws IOException {
    if (workshop.folder().hasEnded(stage, steps(stage))) {
      workshop.watcher().say("%s: trained already", stage);
      return true;
    }
    boolean done =
        switch (stage) {
          case AUTOENCODER -> new AutoencoderStage(workshop).run();
          case GENERATOR -> new GeneratorStage(workshop).run();
          case VERIFIER -> new VerifierStage(workshop).run();
          case REHEARSALS -> new RehearsalStage(workshop).run();
          case SCENES -> new ScenesStage(workshop).run();
        };
    if (done) {
      workshop.folder().end(stage, steps(stage));
    }
    return done;
  }

  private static int steps(Stage stage) {
    return switch (stage) {
      case AUTOENCODER -> AutoencoderStage.STEPS;
      case GENERATOR -> GeneratorStage.STEPS;
      case VERIFIER -> VerifierStage.STEPS;
      case REHEARSALS -> RehearsalStage.STEPS;
      case SCENES -> ScenesStage.STEPS;
    };
  }
}
