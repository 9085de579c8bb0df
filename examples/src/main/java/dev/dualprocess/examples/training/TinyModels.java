package dev.dualprocess.examples.training;

import dev.dualprocess.examples.run.Console;
import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The stages in which the bundled models are trained, each going on from the files of the last. */
public final class TinyModels {
  private static final long SEED = 1;
  private static final Pattern NONE = Pattern.compile("$^");
  private static final int AUTOENCODER_STEPS = 2200;
  private static final int AUTOENCODER_BATCH = 16;
  private static final double AUTOENCODER_RATE = 2.5e-3;

  private final Path folder;
  private final Console console;
  private final BooleanSupplier stopping;

  /** Models and checkpoints are kept in {@code folder}. */
  public TinyModels(Path folder, Console console, BooleanSupplier stopping) {
    this.folder = folder;
    this.console = console;
    this.stopping = stopping;
  }

  private Path flux() {
    return folder.resolve("tiny-flux");
  }

  private Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** Pictures to latents and back. */
  public boolean autoencoder() throws IOException {
    if (!Files.exists(flux().resolve("model_index.json"))) {
      Blueprint.writeFlux(flux());
    }
    try (FluxNetworks networks = FluxNetworks.open(flux(), new Initial(SEED, NONE));
        Parameters parameters = new Parameters(networks.autoencoder());
        TrainingLoop loop =
            new TrainingLoop(
                checkpoints(),
                "autoencoder",
                parameters,
                new LearningRate(AUTOENCODER_RATE, 100, AUTOENCODER_STEPS),
                SEED,
                console,
                stopping)) {
      boolean done = loop.run(new AutoencoderTraining(networks, AUTOENCODER_BATCH));
      scaleLatents(networks);
      write(flux().resolve("vae/diffusion_pytorch_model.safetensors"), parameters);
      return done;
    }
  }

  /** Measures the latents' mean and deviation, which the config tells the pipeline. */
  private void scaleLatents(FluxNetworks networks) throws IOException {
    float[] latents =
        Memory.freeing(
            () -> {
              Tensor z =
                  Memory.noGrad(
                      () -> networks.encode(SceneBatch.random(256, new Random(SEED)).images()));
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
        flux().resolve("vae/config.json"),
        config -> config.put("shift_factor", shift).put("scaling_factor", scale));
  }

  /** Writes a network's tensors in bf16. */
  private static void write(Path path, Parameters parameters) throws IOException {
    Map<String, Tensor> rounded = new LinkedHashMap<>();
    parameters
        .named()
        .forEach(
            (name, tensor) ->
                rounded.put(
                    name, Memory.kept(() -> tensor.detach().to(torch.ScalarType.BFloat16))));
    try {
      SafeTensorsWriter.write(path, rounded, Map.of("format", "pt"));
    } finally {
      rounded.values().forEach(Tensor::close);
    }
  }
}
