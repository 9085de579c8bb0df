package dev.dualprocess.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.VelocityDraft;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.PeakMemory;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every generator must keep to, in whatever way it is opened. */
public abstract class OpeningContract {
  private static final Pattern LAYERS =
      Pattern.compile(
          "(?<=\")(num(_single|_hidden)?_layers|((en|de)coder_)?layers_per_block)(?=\")");
  private static final LoraSettings LORA =
      new LoraSettings(4, 20, LoraSettings.Init.KAIMING_UNIFORM);

  @TempDir Path temporary;
  private PointerScope scope;

  /** The provider under test. */
  protected abstract GeneratorProvider provider();

  /** A pipeline's folder with weights. */
  protected abstract Path pipeline() throws IOException;

  @BeforeEach
  final void openScope() {
    scope = new PointerScope();
  }

  @AfterEach
  final void closeScope() {
    scope.close();
  }

  /** An image, the gradient of the LoRA, and that of the latents. */
  private List<Tensor> draft(Path folder, LoadOptions opening) throws IOException {
    try (Generator generator = provider().open(Optional.of(folder), opening);
        Conditioning text = generator.condition("a cat");
        Lora lora = moved(generator, opening.placement())) {
      Sampling sampling = generator.defaultSampling().withSize(size(generator)).withSteps(2);
      Tensor gradient = lora.flatGradient();
      Tensor zt = Ops.leaf(generator.noise(7, 1, sampling.size()));
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1);
          Draft draft = generator.draft(zt, 1, text, sampling)) {
        Tensor image = draft.image().clone();
        Tensor r = Noise.randn(8, image.shape());
        if (draft instanceof VelocityDraft flow) {
          flow.backward(r, Noise.randn(9, zt.shape()));
        } else {
          draft.backward(r);
        }
        return List.of(image, gradient.clone(), zt.grad().clone());
      }
    }
  }

  /** A new LoRA, away from where it does nothing. */
  private static Lora moved(Generator generator, Placement placement) {
    Lora lora = generator.loraTargets().create(LORA, 3);
    Memory.withoutGrad(
        () -> {
          Tensor noise = placement.placeFloat32(Noise.randn(4, lora.flat().shape()));
          lora.flat().add_(Ops.mul(noise, 0.05));
        });
    return lora;
  }

  /** A small image that it can draw, wider than high. */
  static ImageSize size(Generator generator) {
    ImageSize whole = generator.defaultSampling().size();
    int side = 8;
    while (side < whole.width() && !draws(generator, side)) {
      side *= 2;
    }
    return new ImageSize(side, 2 * side);
  }

  private static boolean draws(Generator generator, int side) {
    try {
      return generator.latentShape(ImageSize.square(side)).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  final void recomputeChangesNoGradient() throws IOException {
    LoadOptions opening = LoadOptions.at(Placement.CPU);
    List<Tensor> plain = draft(pipeline(), opening.withRecompute(Recompute.OFF));
    List<Tensor> again = draft(pipeline(), opening.withRecompute(Recompute.ON));
    Golden.assertClose("image", plain.get(0), again.get(0), 1e-6);
    Golden.assertClose("gradient of the LoRA", plain.get(1), again.get(1), 1e-6);
    Golden.assertClose("gradient of the latents", plain.get(2), again.get(2), 1e-6);
    assertTrue(plain.get(1).norm().item_double() > 0);
  }

  @Test
  final void eightBitsAreCloseAndRecomputed() throws IOException {
    LoadOptions opening = LoadOptions.at(Placement.CPU);
    List<Tensor> whole = draft(pipeline(), opening);
    LoadOptions small = opening.withWeights(WeightSource.FILES.inEightBits());
    assertEquals(Recompute.ON, small.recomputation().policy());
    List<Tensor> eight = draft(pipeline(), small);
    Golden.assertClose("image in 8 bits", whole.get(0), eight.get(0), 0.1);
    Golden.assertClose("gradient in 8 bits", whole.get(1), eight.get(1), 0.25);
  }

  /** Files are in fp32, the model in bf16: what is fetched is not what is stored. */
  @Test
  final void weightsThatAreFetchedGiveTheSameNumbers() throws IOException {
    LoadOptions bf16 =
        LoadOptions.at(new Placement("cpu", Dtype.BFLOAT16)).withRecompute(Recompute.ON);
    LoadOptions offloaded = bf16.withWeights(WeightSource.FILES.onTheHost());
    assertEquals(Recompute.ON, offloaded.withRecompute(Recompute.AUTO).recomputation().policy());
    assertSame(draft(pipeline(), bf16), draft(pipeline(), offloaded));
    WeightSource eight = WeightSource.FILES.inEightBits();
    assertSame(
        draft(pipeline(), bf16.withWeights(eight)),
        draft(pipeline(), bf16.withWeights(eight.onTheHost())));
  }

  private static void assertSame(List<Tensor> expected, List<Tensor> actual) {
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(Ops.toFloats(expected.get(i)), Ops.toFloats(actual.get(i)));
    }
  }

  @Test
  @Tag("gpu")
  final void cudaIsCloseToTheProcessorHoweverItIsOpened() throws IOException {
    Placement cuda = new Placement("cuda:0", Dtype.FLOAT32);
    List<Tensor> wanted = draft(pipeline(), LoadOptions.at(Placement.CPU));
    List<LoadOptions> ways =
        List.of(
            LoadOptions.at(cuda),
            LoadOptions.at(cuda).withRecompute(Recompute.ON),
            LoadOptions.at(cuda).withTextEncodersAt(Placement.CPU),
            LoadOptions.at(cuda).withWeights(WeightSource.FILES.onTheHost()));
    for (LoadOptions way : ways) {
      assertCloseOnTheHost(way.toString(), wanted, draft(pipeline(), way), 1e-3);
    }
    WeightSource eight = WeightSource.FILES.inEightBits();
    List<Tensor> wantedEight = draft(pipeline(), LoadOptions.at(Placement.CPU).withWeights(eight));
    for (WeightSource source : List.of(eight, eight.onTheHost())) {
      LoadOptions way = LoadOptions.at(cuda).withWeights(source);
      // A value on the border of two steps of 8 bits may fall to either side of it.
      assertCloseOnTheHost(way.toString(), wantedEight, draft(pipeline(), way), 1e-2);
    }
  }

  private static void assertCloseOnTheHost(
      String what, List<Tensor> expected, List<Tensor> actual, double tolerance) {
    for (int i = 0; i < expected.size(); i++) {
      Tensor there = Placement.CPU.placeFloat32(actual.get(i));
      Golden.assertClose(what, expected.get(i), there, tolerance);
    }
  }

  @Test
  @Tag("gpu")
  final void weightsOnTheHostLeaveTheGpuFree() throws IOException {
    Placement cuda = new Placement("cuda:0", Dtype.FLOAT32);
    LoadOptions opening = LoadOptions.at(cuda).withRecompute(Recompute.ON);
    long all = usedBy(opening);
    long few = usedBy(opening.withWeights(WeightSource.FILES.onTheHost()));
    assertTrue(few < all / 2, few + " bytes of " + all);
  }

  /** Bytes that an open generator takes on its device. */
  private long usedBy(LoadOptions opening) throws IOException {
    PeakMemory memory = PeakMemory.of(opening.placement());
    long before = memory.bytesNow();
    try (Generator generator = provider().open(Optional.of(pipeline()), opening)) {
      return memory.bytesNow() - before;
    }
  }

  @Test
  final void randomWeightsNeedNoFilesAndFollowTheSeed() throws IOException {
    Path bare = withoutWeights(pipeline());
    LoadOptions opening = LoadOptions.at(Placement.CPU).withWeights(WeightSource.random(5));
    List<Tensor> first = draft(bare, opening);
    assertTrue(Double.isFinite(first.get(0).norm().item_double()));
    assertTrue(first.get(1).norm().item_double() > 0);
    assertArrayEquals(Ops.toFloats(first.get(0)), Ops.toFloats(draft(bare, opening).get(0)));
    LoadOptions other = opening.withWeights(WeightSource.random(6));
    assertFalse(first.get(0).equal(draft(bare, other).get(0)));
  }

  /** Made of nothing, so that no file bounds them. */
  @Test
  final void moreLayersThanAnyModelHasAreRefusedAtOnce() throws IOException {
    Path bare = withoutWeights(pipeline());
    LoadOptions opening = LoadOptions.at(Placement.CPU).withWeights(WeightSource.random(5));
    int tried = 0;
    for (Path config : configs(bare)) {
      String stored = Files.readString(config);
      for (String field : LAYERS.matcher(stored).results().map(MatchResult::group).toList()) {
        ObjectNode root = (ObjectNode) Fixtures.json(config);
        if (root.get(field) instanceof ArrayNode levels) {
          levels.set(0, Integer.MAX_VALUE);
        } else {
          root.put(field, Integer.MAX_VALUE);
        }
        Files.writeString(config, root.toString());
        assertEquals(
            "%s: %s is 2147483647, it must be at most 1000".formatted(config, field),
            refusedSoon(bare, opening));
        Files.writeString(config, stored);
        tried++;
      }
    }
    assertTrue(tried > 3, "fields: " + tried);
  }

  @Test
  final void layersThatTheFilesLackAreToldSoon() throws IOException {
    Path folder = copy(pipeline(), file -> true);
    Path config = folder.resolve("transformer/config.json");
    ObjectNode root = (ObjectNode) Fixtures.json(config);
    Files.writeString(config, root.put("num_layers", 1000).toString());
    String told = refusedSoon(folder, LoadOptions.at(Placement.CPU));
    assertTrue(told.contains("the weights do not fit config.json: missing"), told);
  }

  private String refusedSoon(Path folder, LoadOptions opening) {
    return assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () ->
            assertThrows(
                    IOException.class, () -> provider().open(Optional.of(folder), opening).close())
                .getMessage());
  }

  private static List<Path> configs(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith("config.json")).toList();
    }
  }

  private Path withoutWeights(Path folder) throws IOException {
    return copy(folder, file -> !file.toString().endsWith(".safetensors"));
  }

  private Path copy(Path folder, Predicate<Path> wanted) throws IOException {
    return CopiedFolder.of(folder, temporary, wanted);
  }
}
