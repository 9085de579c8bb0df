package dev.dualprocess.world.training;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/** The stage that trains the autoencoder: pictures to latents and back. */
final class AutoencoderStage {
  static final int STEPS = 2200;
  private static final int BATCH = 16;
  private static final double RATE = 2.5e-3;
  private static final int MEASURED = 256; // pictures whose latents tell the scale

  private final Workshop workshop;
  private final Path flux;

  AutoencoderStage(Workshop workshop) {
    this.workshop = workshop;
    this.flux = workshop.folder().flux();
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run() throws IOException {
    if (!Files.exists(flux.resolve("model_index.json"))) {
      Blueprint.writeFlux(flux);
    }
    try (FluxNetworks networks =
            FluxNetworks.open(flux, new Initial(Workshop.SEED, Workshop.NONE));
        Parameters parameters = new Parameters(networks.autoencoder());
        TrainingLoop loop =
            workshop.loop(Stage.AUTOENCODER, parameters, new LearningRate(RATE, 100, STEPS))) {
      if (!loop.run(new AutoencoderTraining(networks, BATCH))) {
        return false;
      }
      scaleLatents(networks);
      TinyFolder folder = workshop.folder();
      folder.write(folder.weights(Stage.AUTOENCODER).get(0), networks.autoencoder());
      return true;
    }
  }

  /** Measures the latents' mean and deviation, which the config tells the pipeline. */
  private void scaleLatents(FluxNetworks networks) throws IOException {
    float[] latents =
        Memory.freeing(
            () -> {
              Tensor z =
                  Memory.noGrad(
                      () ->
                          networks.encode(
                              SceneBatch.random(MEASURED, new Random(Workshop.SEED)).images()));
              return Ops.toFloats(z);
            });
    double mean = 0;
    for (float z : latents) {
      mean += z / latents.length;
    }
    double variance = 0;
    for (float z : latents) {
      variance += (z - mean) * (z - mean) / latents.length;
    }
    double shift = mean;
    double scale = 1 / Math.sqrt(variance);
    Blueprint.edit(
        flux.resolve("vae/config.json"),
        config -> config.put("shift_factor", shift).put("scaling_factor", scale));
  }
}
