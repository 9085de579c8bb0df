package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.flow.FlowSchedule;
import dev.dualprocess.flow.TrigFlow;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.lora.format.LoraFormat;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.weights.SafeTensorsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * LoRA files, noise levels and clean estimates of the authors' code, as a generator of theirs has
 * them.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TrajectoryContract {
  private static final double OUTPUT = Parity.sensitive(1e-4, 5e-2);

  private final GeneratorProvider provider;
  private final Map<String, Generator> opened = new TreeMap<>(); // by folder
  private final Map<String, GoldenStepNoise> fresh = new TreeMap<>(); // by folder

  @TempDir private Path folder;

  /** Of the trajectories whose generator that provider reads. */
  protected TrajectoryContract(GeneratorProvider provider) {
    this.provider = provider;
  }

  final List<String> trajectories() {
    try (Stream<Path> folders = Files.list(Fixtures.path("trajectories"))) {
      List<String> found =
          folders
              .map(folder -> "trajectories/" + folder.getFileName())
              .filter(this::supported)
              .sorted()
              .toList();
      assertFalse(found.isEmpty(), "no trajectories");
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean supported(String trajectory) {
    Path json = Fixtures.path(trajectory).resolve("trajectory.json");
    return Files.exists(json)
        && provider.supports(
            Fixtures.path(Fixtures.json(json).path("checkpoint_generator").asText()));
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  final void loraFilesOfTheReferenceDrawTheSameImages(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    Sampling sampling = sampling(json);
    Generator generator = generator(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(trajectory + "/trajectory");
        Conditioning text = generator.condition(json.path("prompt").asText())) {
      Tensor noise = golden.tensor("eval_noise");
      assertImages(golden, "eval.weight0.", json, noise, text, sampling);
      assertTrue(json.path("interop").size() > 0, "no LoRA files");
      for (Map.Entry<String, JsonNode> file : json.path("interop").properties()) {
        String key = file.getKey().contains("with_metadata") ? "with_metadata" : "plain";
        double weight = file.getValue().path("weight_to_match_training").asDouble();
        try (Lora lora = Lora.load(Fixtures.path(trajectory).resolve(file.getKey()))) {
          try (LoraTargets.Attachment asLoaded = generator.loraTargets().attach(lora, 1)) {
            giveOfImage(json, golden, 0);
            Tensor first = image(generator, noise.narrow(0, 0, 1), text, sampling);
            if (golden.has("interop." + key + ".image")) {
              golden.assertClose("interop." + key + ".image", first, OUTPUT);
            }
          }
          try (LoraTargets.Attachment asTrained = generator.loraTargets().attach(lora, weight)) {
            assertImages(golden, "eval.weight5.", json, noise, text, sampling);
          }
        }
        assertImages(golden, "eval.weight0.", json, noise, text, sampling);
      }
    }
  }

  /** In every program's form, bit for bit where a scale need not be rounded into B. */
  @ParameterizedTest
  @MethodSource("trajectories")
  final void convertedLoraFilesDrawTheSameImage(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    Sampling sampling = sampling(json);
    Generator generator = generator(json);
    Path reference = reference(trajectory, json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(trajectory + "/trajectory");
        Conditioning text = generator.condition(json.path("prompt").asText())) {
      Tensor noise = golden.tensor("eval_noise").narrow(0, 0, 1);
      giveOfImage(json, golden, 0);
      float[] bare = Ops.toFloats(image(generator, noise, text, sampling));
      float[] wanted = withLora(reference, generator, noise, text, sampling);
      assertFalse(Arrays.equals(bare, wanted), "it has no effect");
      for (LoraFormat format : LoraFormat.values()) {
        Path converted = folder.resolve(format.name());
        format.convert(reference, converted);
        float[] drawn = withLora(converted, generator, noise, text, sampling);
        if (format == LoraFormat.DIFFUSERS && !scaledByAPowerOfTwo(reference)) {
          assertArrayEquals(
              wanted, drawn, (float) Parity.output(1e-6), "B times the scale is rounded");
        } else {
          assertArrayEquals(wanted, drawn, format.name());
        }
      }
    }
  }

  /** The LoRA file that says its own scale, where there is one. */
  private static Path reference(String trajectory, JsonNode json) {
    String first = json.path("interop").fieldNames().next();
    Path described =
        Fixtures.path(trajectory).resolve("pytorch_lora_weights_with_metadata.safetensors");
    return Files.exists(described) ? described : Fixtures.path(trajectory).resolve(first);
  }

  private static boolean scaledByAPowerOfTwo(Path file) throws IOException {
    try (Lora lora = Lora.load(file)) {
      return lora.scale() == Math.scalb(1.0, Math.getExponent(lora.scale()));
    }
  }

  private static float[] withLora(
      Path file, Generator generator, Tensor noise, Conditioning text, Sampling sampling)
      throws IOException {
    try (Lora lora = Lora.load(file);
        LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 5)) {
      return Ops.toFloats(image(generator, noise, text, sampling));
    }
  }

  /** One image for each row of the noise that the reference drew; the first is always there. */
  private void assertImages(
      Golden golden,
      String which,
      JsonNode json,
      Tensor noise,
      Conditioning text,
      Sampling sampling)
      throws IOException {
    for (int i = 0; i < noise.size(0); i++) {
      String name = which + "noise" + i + ".image";
      if (i == 0 || golden.has(name)) {
        giveOfImage(json, golden, i);
        Tensor image = image(generator(json), noise.narrow(0, i, 1), text, sampling);
        golden.assertClose(name, image, OUTPUT);
      }
    }
  }

  /** Where the model draws fresh noise between its steps: that of an evaluation image. */
  private void giveOfImage(JsonNode json, Golden golden, int i) {
    GoldenStepNoise noise = fresh.get(json.path("checkpoint_generator").asText());
    if (noise != null) {
      noise.giveOfImage(golden, i);
    }
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  final void theFirstDraftIsTheCleanEstimateOfTheReference(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    Sampling sampling = sampling(json);
    int step = json.path("sampled_index_i").path(0).asInt();
    Generator generator = generator(json);
    try (PointerScope scope = new PointerScope();
        Golden golden = Fixtures.golden(trajectory + "/trajectory");
        Conditioning whole = generator.condition(json.path("prompt").asText())) {
      Conditioning text = whole.forTraining(sampling);
      Tensor noise = golden.tensor("train_noise").narrow(0, 0, 1);
      GoldenStepNoise given = fresh.get(json.path("checkpoint_generator").asText());
      if (given != null) {
        given.giveOfTraining(golden, 0);
      }
      Tensor zt = generator.sample(noise, text, sampling, step);
      golden.assertClose("step0.latents", asStored(json, zt), OUTPUT);
      try (Draft draft = generator.draft(zt, step, text, sampling)) {
        golden.assertClose("step0.pred_x0_image", draft.image(), OUTPUT);
      }
    }
  }

  /** Latents of a consistency model are stored as they lie on its circle, of unit variance. */
  private static Tensor asStored(JsonNode json, Tensor zt) {
    double angle = json.path("sampled_t").path(0).asDouble();
    return onACircle(json) ? Ops.mul(zt, 1 / TrigFlow.scale(angle)) : zt;
  }

  private static boolean onACircle(JsonNode json) {
    return json.path("scheduler").path("cls").asText().equals("SCMScheduler");
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  final void whatIsSavedHasTheReferencesLayout(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    for (Map.Entry<String, JsonNode> file : json.path("interop").properties()) {
      Path reference = Fixtures.path(trajectory).resolve(file.getKey());
      Path saved = folder.resolve("saved.safetensors");
      try (Lora lora = Lora.load(reference)) {
        lora.save(saved);
      }
      assertEquals(shapes(reference), shapes(saved));
    }
  }

  private static Map<String, List<Long>> shapes(Path path) throws IOException {
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      Map<String, List<Long>> shapes = new TreeMap<>();
      file.entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
      return shapes;
    }
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  final void trainedTimestepsAreThoseOfTheAuthors(String trajectory) throws IOException {
    JsonNode json = Fixtures.json(trajectory + "/trajectory.json");
    FlowSchedule schedule = generator(json).trainingSchedule(sampling(json));
    JsonNode indices = json.path("sampled_index_i");
    for (int k = 0; k < indices.size(); k++) {
      double stored = json.path("sampled_t").path(k).asDouble();
      double wanted = onACircle(json) ? TrigFlow.sigma(stored) : stored;
      assertEquals(wanted, schedule.timestep(indices.path(k).asInt()), 1e-6 * wanted);
    }
  }

  /** Opened once for all trajectories of its folder. */
  private Generator generator(JsonNode json) throws IOException {
    String folder = json.path("checkpoint_generator").asText();
    if (!opened.containsKey(folder)) {
      Generator generator = provider.open(Fixtures.path(folder), Parity.placement());
      opened.put(folder, generator);
      if (GoldenStepNoise.isDrawnBy(generator)) {
        fresh.put(folder, GoldenStepNoise.of(generator));
      }
    }
    GoldenStepNoise noise = fresh.get(folder);
    return noise == null ? opened.get(folder) : noise.generator();
  }

  @AfterAll
  final void close() {
    opened.values().forEach(Generator::close);
  }

  private static Sampling sampling(JsonNode json) {
    JsonNode settings = json.path("generator_kwargs");
    return new Sampling(
        new ImageSize(settings.path("height").asInt(), settings.path("width").asInt()),
        settings.path("num_inference_steps").asInt(),
        settings.path("guidance_scale").asDouble(),
        Sampling.Shift.STATIC);
  }

  private static Tensor image(
      Generator generator, Tensor noise, Conditioning text, Sampling sampling) {
    return zeroToOne(generator.generate(noise, text, sampling));
  }

  /** The pipelines' last step; {@link Pixels} does the same on the way to 8 bits. */
  public static Tensor zeroToOne(Tensor image) {
    return Ops.clamp(Ops.add(Ops.mul(image, 0.5), 0.5), 0, 1);
  }
}
