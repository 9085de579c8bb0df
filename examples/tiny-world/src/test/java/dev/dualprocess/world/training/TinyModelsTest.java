package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages in order, from where they were left. */
class TinyModelsTest {
  @TempDir private Path temporary;

  private final StringWriter said = new StringWriter();

  private TinyModels models(BooleanSupplier stopping) {
    return new TinyModels(temporary, new Lines(new PrintWriter(said, true)), stopping);
  }

  @Test
  void aStoppedStageKeepsItsCheckpointAndTheNextDoesNotBegin() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    assertFalse(models(() -> asked.getAndIncrement() >= 2).train());
    Path checkpoints = temporary.resolve("checkpoints");
    assertTrue(Files.exists(checkpoints.resolve("autoencoder.safetensors")));
    assertFalse(Files.exists(checkpoints.resolve("generator.safetensors")));
    TinyFolder folder = new TinyFolder(temporary);
    assertFalse(Files.exists(folder.weights(Stage.AUTOENCODER).get(0)));
    assertFalse(folder.hasEnded(Stage.AUTOENCODER, AutoencoderStage.STEPS));
    assertFalse(models(() -> true).train(Stage.AUTOENCODER));
    assertTrue(said.toString().contains("autoencoder: going on after step 2"), said.toString());
  }

  @Test
  void aStageThatHasEndedIsPassedOver() throws IOException {
    TinyFolder folder = new TinyFolder(temporary);
    for (Path weights : folder.weights(Stage.GENERATOR)) {
      Files.createDirectories(weights.getParent());
      Files.createFile(weights);
    }
    // Weights that came without a checkpoint are taken as they are.
    assertTrue(models(() -> false).train(Stage.GENERATOR));
    assertTrue(said.toString().contains("generator: trained already"), said.toString());
    Files.createDirectories(folder.checkpoints());
    Files.createFile(folder.checkpoints().resolve("generator.safetensors"));
    assertFalse(folder.hasEnded(Stage.GENERATOR, 10));
    folder.end(Stage.GENERATOR, 10);
    assertTrue(folder.hasEnded(Stage.GENERATOR, 10));
    assertFalse(folder.hasEnded(Stage.GENERATOR, 11));
    Files.delete(folder.weights(Stage.GENERATOR).get(1));
    assertFalse(folder.hasEnded(Stage.GENERATOR, 10));
  }

  @Test
  void theVerifiersWeightsAloneAreWhatTheLastStageGoesOnFrom() throws IOException {
    TinyFolder folder = new TinyFolder(temporary);
    Path weights = folder.weights(Stage.SCENES).get(0);
    Files.createDirectories(weights.getParent());
    Files.createFile(weights);
    assertTrue(folder.hasEnded(Stage.REHEARSALS, RehearsalStage.STEPS));
    assertFalse(folder.hasEnded(Stage.SCENES, ScenesStage.STEPS));
    folder.end(Stage.SCENES, ScenesStage.STEPS);
    assertTrue(folder.hasEnded(Stage.SCENES, ScenesStage.STEPS));
  }

  @Test
  void whatAnEarlierStageShouldHaveLeftIsNamed() {
    IOException generator =
        assertThrows(IOException.class, () -> models(() -> false).train(Stage.GENERATOR));
    assertEquals(
        temporary.resolve("tiny-flux/vae/diffusion_pytorch_model.safetensors")
            + ": missing; train it first with --stage autoencoder",
        generator.getMessage());
    assertThrows(IOException.class, () -> models(() -> false).train(Stage.REHEARSALS));
    assertFalse(Files.exists(temporary.resolve("checkpoints")));
  }
}
