package dev.dualprocess.examples.training;

import dev.dualprocess.ImageSize;
import dev.dualprocess.examples.run.Console;
import dev.dualprocess.examples.world.Scene;
import dev.dualprocess.examples.world.SceneRenderer;
import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.SafeTensorsWriter;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The stages in which the bundled models are trained, each going on from the files of the last. */
public final class TinyModels {
  private static final long SEED = 1;
  private static final Pattern NONE = Pattern.compile("$^");
  private static final int AUTOENCODER_STEPS = 2200;
  private static final int AUTOENCODER_BATCH = 16;
  private static final double AUTOENCODER_RATE = 2.5e-3;

  private static final int POOL = 24_576;
  private static final int GENERATOR_STEPS = 4600;
  private static final int GENERATOR_PIXELS_FROM = 4000;
  private static final int GENERATOR_BATCH = 48;
  private static final int GENERATOR_PICTURED = 12;
  private static final double GENERATOR_RATE = 2.5e-3;

  private static final int VERIFIER_STEPS = 10_000;
  private static final int VERIFIER_RENDERED = 3600;
  private static final int ROUNDS = 16;
  private static final int ROUND_STEPS = 400;
  private static final int REHEARSALS = 24;
  private static final int PAINTED = 1024;
  private static final int EXAMS = 800;
  private static final int VERIFIER_BATCH = 32;
  private static final double VERIFIER_RATE = 1.5e-3;

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
      write(flux().resolve("vae/diffusion_pytorch_model.safetensors"), networks.autoencoder());
      return done;
    }
  }

  /** Prompt and noise to pictures: transformer and text encoders, on a trained autoencoder. */
  public boolean generator() throws IOException {
    boolean anew = !Files.exists(checkpoints().resolve("generator.safetensors"));
    try (FluxNetworks networks =
            FluxNetworks.open(flux(), new Initial(SEED, GeneratorTraining.ZERO));
        ScenePool pool = new ScenePool(networks, POOL, new Random(SEED))) {
      if (anew) {
        GeneratorTraining.start(networks.transformer());
      }
      Map<String, Tensor> all = new LinkedHashMap<>();
      networks.transformer().forEach((name, tensor) -> all.put("transformer." + name, tensor));
      networks.clip().forEach((name, tensor) -> all.put("text_encoder." + name, tensor));
      networks.t5().forEach((name, tensor) -> all.put("text_encoder_2." + name, tensor));
      try (Parameters parameters = new Parameters(all);
          TrainingLoop loop =
              new TrainingLoop(
                  checkpoints(),
                  "generator",
                  parameters,
                  new LearningRate(GENERATOR_RATE, 200, GENERATOR_STEPS),
                  SEED,
                  console,
                  stopping)) {
        boolean done =
            loop.run(
                    new GeneratorTraining(networks, pool, GENERATOR_BATCH, 0),
                    GENERATOR_PIXELS_FROM)
                && loop.run(
                    new GeneratorTraining(networks, pool, GENERATOR_BATCH, GENERATOR_PICTURED));
        write(
            flux().resolve("transformer/diffusion_pytorch_model.safetensors"),
            networks.transformer());
        write(flux().resolve("text_encoder/model.safetensors"), networks.clip());
        write(flux().resolve("text_encoder_2/model.safetensors"), networks.t5());
        writeSamples(networks, pool);
        return done;
      }
    }
  }

  /** Questions about pictures to answers. */
  public boolean verifier() throws IOException {
    if (!Files.exists(qwen().resolve("config.json"))) {
      Blueprint.writeQwen(qwen(), Exam.questions());
    }
    Curriculum curriculum = new Curriculum();
    try (Qwen25VlNetwork network =
            Qwen25VlNetwork.open(qwen(), ImageSize.square(Scene.SIDE), new Initial(SEED, NONE));
        VerifierTraining training =
            new VerifierTraining(network, curriculum, VERIFIER_BATCH, SEED)) {
      Map<String, Tensor> all = new LinkedHashMap<>(network.tensors());
      training.heads().forEach((name, tensor) -> all.put("heads." + name, tensor));
      try (Parameters parameters = new Parameters(all);
          TrainingLoop loop =
              new TrainingLoop(
                  checkpoints(),
                  "verifier",
                  parameters,
                  new LearningRate(VERIFIER_RATE, 200, VERIFIER_STEPS),
                  SEED,
                  console,
                  stopping)) {
        boolean going = loop.run(training, VERIFIER_RENDERED);
        curriculum.add(painted());
        ExecutorService aside = Executors.newSingleThreadExecutor();
        try {
          Future<List<BufferedImage>> drawn = null;
          for (int round = 0; going && round < ROUNDS; round++) {
            // What this round's verifier is fooled by is drawn while it goes on learning.
            Future<List<BufferedImage>> before = drawn;
            drawn = null;
            if (!rehearsed(round)) {
              examine(training, network);
            }
            int now = round;
            drawn = aside.submit(() -> rehearse(now));
            if (before != null) {
              before
                  .get()
                  .forEach(picture -> curriculum.add(List.of(new Subject.Measured(picture))));
            }
            going = loop.run(training, VERIFIER_RENDERED + (round + 1) * ROUND_STEPS);
          }
        } catch (InterruptedException | ExecutionException e) {
          throw new IOException("a rehearsal failed: " + e.getMessage(), e);
        } finally {
          aside.shutdown();
        }
        examine(training, network);
        return going;
      }
    }
  }

  private Path rehearsals(int round) {
    return folder.resolve("rehearsals").resolve("round-" + round);
  }

  private boolean rehearsed(int round) {
    return Files.exists(rehearsals(round).resolve("done.json"));
  }

  private List<BufferedImage> rehearse(int round) throws IOException {
    return new Rehearsal(flux(), qwen())
        .pictures(rehearsals(round), REHEARSALS, new Random(SEED + round));
  }

  private void examine(VerifierTraining training, Qwen25VlNetwork network) throws IOException {
    console.say("right answers: %s", training.accuracy(EXAMS, new Random(SEED + 1)));
    write(qwen().resolve("model.safetensors"), network.tensors());
  }

  /** Pictures that the generator draws of random scenes. */
  private List<Subject> painted() throws IOException {
    List<Subject> painted = new ArrayList<>();
    try (FluxNetworks networks = FluxNetworks.open(flux(), new Initial(SEED, NONE));
        ScenePool pool = new ScenePool(networks, PAINTED, new Random(SEED + 2))) {
      for (int i = 0; i < PAINTED; i += 64) {
        long seed = i;
        Memory.freeing(
            () -> {
              ScenePool.Sample sample = pool.sample(64, new Random(SEED + seed));
              Tensor drawn = GeneratorTraining.draw(networks, sample, SEED + seed);
              for (int k = 0; k < 64; k++) {
                painted.add(
                    Subject.Painted.of(
                        sample.scenes().get(k), Pixels.toImage(drawn.narrow(0, k, 1))));
              }
              return null;
            });
      }
    }
    return painted;
  }

  private Path qwen() {
    return folder.resolve("tiny-qwen2.5-vl");
  }

  /** Pictures of the world beside what the generator draws of the same scenes. */
  private void writeSamples(FluxNetworks networks, ScenePool pool) throws IOException {
    List<BufferedImage> pictures = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      ScenePool.Sample sample = pool.sample(48, new Random(SEED));
      Tensor drawn = GeneratorTraining.draw(networks, sample, SEED);
      for (int i = 0; i < 48; i++) {
        pictures.add(SceneRenderer.draw(sample.scenes().get(i)));
        pictures.add(Pixels.toImage(drawn.narrow(0, i, 1)));
      }
    }
    BufferedImage sheet = new BufferedImage(12 * 66, 8 * 66, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < pictures.size(); i++) {
      sheet.createGraphics().drawImage(pictures.get(i), i % 12 * 66, i / 12 * 66, null);
    }
    ImageIO.write(sheet, "png", folder.resolve("generator-samples.png").toFile());
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
  private static void write(Path path, Map<String, Tensor> tensors) throws IOException {
    Map<String, Tensor> rounded = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            rounded.put(name, Memory.kept(() -> tensor.detach().to(torch.ScalarType.BFloat16))));
    try {
      SafeTensorsWriter.write(path, rounded, Map.of("format", "pt"));
    } finally {
      rounded.values().forEach(Tensor::close);
    }
  }
}
