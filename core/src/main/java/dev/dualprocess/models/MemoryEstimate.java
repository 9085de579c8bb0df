package dev.dualprocess.models;

import dev.dualprocess.Generator;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.models.MemoryNeed.During;
import dev.dualprocess.models.MemoryNeed.Item;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.Activations;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.WeightMemory;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds up what models take, one after the other. Broken files are left to whoever opens them. */
final class MemoryEstimate {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryEstimate.class);
  private static final String TEXT_ENCODER = "text_encoder";
  private static final int ADAM = 4; // parameters, gradient, two moments
  private static final String HOST = Placement.CPU.device();

  private final List<Item> items = new ArrayList<>();
  private long edges;

  MemoryNeed need() {
    return new MemoryNeed(items);
  }

  /** A pipeline's parts; text encoders are whole, and stay only where they are mapped. */
  void addGenerator(ModelSource<Generator> source, LoadOptions opening) {
    for (Path part : parts(source)) {
      String name = String.valueOf(part.getFileName());
      if (name.startsWith(TEXT_ENCODER)) {
        boolean stays = opening.textPlacement().device().equals(HOST);
        add(
            name,
            part,
            opening.textPlacement(),
            opening.weights().whole(),
            stays ? During.ALL : During.TEXT);
      } else {
        add(name, part, opening.placement(), opening.weights(), During.ALL)
            .filter(weights -> !name.equals("vae"))
            .ifPresent(weights -> edges += weights.edges());
      }
    }
  }

  private static List<Path> parts(ModelSource<?> source) {
    if (source.folder().isEmpty()) {
      return List.of();
    }
    try (Stream<Path> inside = Files.list(source.folder().get())) {
      List<Path> folders = inside.sorted().toList();
      boolean whole = folders.stream().anyMatch(MemoryEstimate::isWeights);
      return whole
          ? List.of(source.folder().get())
          : folders.stream().filter(MemoryEstimate::hasWeights).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  static boolean isWeights(Path file) {
    return file.toString().endsWith(".safetensors");
  }

  private static boolean hasWeights(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.anyMatch(MemoryEstimate::isWeights);
    } catch (IOException e) {
      return false;
    }
  }

  /** Of a model whose folder holds one checkpoint. */
  void addWeights(ModelSource<?> source, LoadOptions opening, During during) {
    for (Path part : parts(source)) {
      add("verifier", part, opening.placement(), opening.weights(), during);
    }
  }

  private Optional<WeightMemory> add(
      String what, Path folder, Placement placement, WeightSource source, During during) {
    if (source.isRandom()) {
      return Optional.empty();
    }
    try {
      WeightMemory weights = WeightMemory.of(folder, placement, source);
      items.add(new Item(what, placement.device(), during, weights.taken(), weights.mapped()));
      if (weights.host() > 0) {
        items.add(new Item(what, HOST, during, weights.host(), 0));
      }
      if (weights.block() > 0) {
        items.add(new Item("a block of " + what, placement.device(), during, weights.block(), 0));
      }
      return Optional.of(weights);
    } catch (IOException e) {
      LOG.debug("{}: its weights are not counted", folder, e);
      return Optional.empty();
    }
  }

  /** What training keeps beside the weights: the LoRA with Adam's, and a step's activations. */
  void addStep(
      ModelSource<Generator> source, LoadOptions opening, Optional<ImageSize> size, int rank) {
    String device = opening.placement().device();
    long lora = (long) ADAM * Float.BYTES * rank * edges;
    items.add(new Item("LoRA with optimizer", device, During.RUN, lora, 0));
    Recompute policy = opening.recomputation().policy();
    addActivations(source, opening, size, kept -> kept.values(policy));
  }

  /** What drawing an image keeps beside the weights. */
  void addDrawing(ModelSource<Generator> source, LoadOptions opening, Optional<ImageSize> size) {
    addActivations(source, opening, size, Activations::drawing);
  }

  private void addActivations(
      ModelSource<Generator> source,
      LoadOptions opening,
      Optional<ImageSize> size,
      Function<Activations, Long> values) {
    String device = opening.placement().device();
    source
        .folder()
        .flatMap(folder -> activations(source, folder, size))
        .map(values)
        .map(kept -> kept * opening.placement().dtype().bytes())
        .ifPresent(bytes -> items.add(new Item("activations", device, During.RUN, bytes, 0)));
  }

  private static Optional<Activations> activations(
      ModelSource<Generator> source, Path folder, Optional<ImageSize> size) {
    try {
      return source.provider().activations(folder, size);
    } catch (IOException e) {
      LOG.debug("{}: its activations are not counted", folder, e);
      return Optional.empty();
    }
  }
}
