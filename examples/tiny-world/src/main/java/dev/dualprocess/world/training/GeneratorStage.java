package dev.dualprocess.world.training;

import dev.dualprocess.flux.FluxNetworks;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.image.Png;
import dev.dualprocess.world.SceneRenderer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Trains prompt and noise to pictures: transformer and text encoders, on a trained autoencoder. */
final class GeneratorStage {
  static final int STEPS = 4600;
  private static final int PIXELS_FROM = 4000;
  private static final int POOL = 24_576;
  private static final int BATCH = 48;
  private static final int PICTURED = 12;
  private static final double RATE = 2.5e-3;
  private static final int SAMPLES = 48;

  private final Workshop workshop;

  GeneratorStage(Workshop workshop) {
    this.workshop = workshop;
  }

  /** Goes on to the end; false if it was stopped before. */
  boolean run() throws IOException {
    TinyFolder folder = workshop.folder();
    folder.require(Stage.AUTOENCODER);
    try (FluxNetworks networks =
            FluxNetworks.open(folder.flux(), new Initial(Workshop.SEED, GeneratorTraining.ZERO));
        ScenePool pool = new ScenePool(networks, POOL, new Random(Workshop.SEED))) {
      // What a checkpoint holds replaces this.
      GeneratorTraining.start(networks.transformer());
      try (Parameters parameters = new Parameters(tensors(networks));
          TrainingLoop loop =
              workshop.loop(Stage.GENERATOR, parameters, new LearningRate(RATE, 200, STEPS))) {
        boolean done =
            loop.run(new GeneratorTraining(networks, pool, BATCH, 0), PIXELS_FROM)
                && loop.run(new GeneratorTraining(networks, pool, BATCH, PICTURED));
        if (done) {
          write(networks);
          writeSamples(networks, pool);
        }
        return done;
      }
    }
  }

  private static Map<String, Tensor> tensors(FluxNetworks networks) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    networks.transformer().forEach((name, tensor) -> all.put("transformer." + name, tensor));
    networks.clip().forEach((name, tensor) -> all.put("text_encoder." + name, tensor));
    networks.t5().forEach((name, tensor) -> all.put("text_encoder_2." + name, tensor));
    return all;
  }

  private void write(FluxNetworks networks) throws IOException {
    TinyFolder folder = workshop.folder();
    List<Path> files = folder.weights(Stage.GENERATOR);
    folder.write(files.get(0), networks.transformer());
    folder.write(files.get(1), networks.clip());
    folder.write(files.get(2), networks.t5());
  }

  /** Pictures of the world beside what the generator draws of the same scenes. */
  private void writeSamples(FluxNetworks networks, ScenePool pool) throws IOException {
    List<BufferedImage> pictures = new ArrayList<>();
    try (PointerScope scope = new PointerScope()) {
      ScenePool.Sample sample = pool.sample(SAMPLES, new Random(Workshop.SEED));
      Tensor drawn = GeneratorTraining.draw(networks, sample, Workshop.SEED);
      for (int i = 0; i < SAMPLES; i++) {
        pictures.add(SceneRenderer.draw(sample.scenes().get(i)));
        pictures.add(Pixels.toImage(drawn.narrow(0, i, 1)));
      }
    }
    BufferedImage sheet = new BufferedImage(12 * 66, 8 * 66, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < pictures.size(); i++) {
      sheet.createGraphics().drawImage(pictures.get(i), i % 12 * 66, i / 12 * 66, null);
    }
    Png.write(workshop.folder().samples(), sheet, Map.of());
  }
}
