package dev.dualprocess.models;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Generator;
import dev.dualprocess.Verifier;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.Activations;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.ModelProvider;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.HollowCheckpoint;
import dev.dualprocess.testing.LoggedLines;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What FLUX.1 Schnell with Idefics2-8B takes, told before it is opened; figures of docs/memory. */
class MemoryPlanTest {
  private static final double GIB = 1 << 30;
  private static final LoadOptions GPU = LoadOptions.at(new Placement("cuda:0", Dtype.BFLOAT16));
  private static final LoadOptions FP32 = LoadOptions.at(Placement.CPU);

  /** Gives every pixel 100 values of activations with recompute. */
  private static final class Headers<M extends AutoCloseable> implements ModelProvider<M> {
    @Override
    public String name() {
      return "headers";
    }

    @Override
    public boolean supports(Path folder) {
      return false;
    }

    @Override
    public Optional<Activations> activations(Path folder, Optional<ImageSize> size) {
      ImageSize image = size.orElse(ImageSize.square(1024));
      return Optional.of(new Activations(100L * image.width() * image.height(), 0, 1L << 34));
    }

    @Override
    public M open(Optional<Path> folder, Placement placement) throws IOException {
      throw new IOException("not to be opened");
    }
  }

  @TempDir private Path folder;
  private ModelSource<Generator> generator;
  private List<ModelSource<Verifier>> verifiers;

  @BeforeEach
  void writeHeaders() throws IOException {
    Path flux = folder.resolve("flux");
    for (Map.Entry<String, String> part :
        Map.of(
                "transformer", "flux1-schnell-transformer",
                "vae", "flux1-vae",
                "text_encoder_2", "t5-v1_1-xxl-encoder")
            .entrySet()) {
      HollowCheckpoint.write(flux.resolve(part.getKey()), Fixtures.fullsizeShapes(part.getValue()));
    }
    Path idefics =
        HollowCheckpoint.write(folder.resolve("idefics"), Fixtures.fullsizeShapes("idefics2-8b"));
    generator = new ModelSource<>("flux", Optional.of(flux), new Headers<>());
    verifiers = List.of(new ModelSource<>("idefics", Optional.of(idefics), new Headers<>()));
  }

  private MemoryPlan plan(LoadOptions how) {
    return MemoryPlan.distilling(
        generator, how, verifiers, how, Optional.of(ImageSize.square(512)), 16);
  }

  private static ToLongFunction<String> free(double gibOnGpu, double gibOnHost) {
    return device -> (long) ((device.equals("cpu") ? gibOnHost : gibOnGpu) * GIB);
  }

  private static double gib(MemoryPlan plan, String device) {
    return plan.need().bytes(device) / GIB;
  }

  @Test
  void onAGpuTheWorstTimeIsTheRunWhenTextEncodersHaveLeft() {
    MemoryNeed need = plan(GPU).need();
    double weights = 37.96; // docs/performance.md
    double lora = need.bytes("cuda:0") / GIB - weights;
    assertTrue(lora > 0.7 && lora < 2.0, () -> "LoRA and activations: " + lora + " GiB");
    assertEquals(List.of("cuda:0"), need.devices());
    assertEquals(19.12 + lora + 0.65, gib(plan(eightBits(GPU)), "cuda:0"), 0.7);
  }

  private static LoadOptions eightBits(LoadOptions how) {
    return how.withWeights(WeightSource.FILES.inEightBits());
  }

  @Test
  void withoutRecomputeMoreIsKept() {
    double more = gib(plan(GPU.withRecompute(Recompute.OFF)), "cuda:0") - gib(plan(GPU), "cuda:0");
    assertEquals((2.0 * (1L << 34) - 2.0 * 100 * 512 * 512) / GIB, more, 1e-6);
  }

  @Test
  void offloadedWeightsAreTheHosts() {
    MemoryPlan offloaded = plan(GPU.withWeights(WeightSource.FILES.inEightBits().onTheHost()));
    assertEquals(19.1, gib(offloaded, "cpu"), 0.3);
    assertTrue(gib(offloaded, "cuda:0") < 10, "T5 for the text, on the GPU");
    LoadOptions textOnHost =
        GPU.withWeights(WeightSource.FILES.inEightBits().onTheHost())
            .withTextEncodersAt(new Placement("cpu", Dtype.BFLOAT16));
    assertTrue(gib(plan(textOnHost), "cuda:0") < 3.5);
  }

  @Test
  void aRefusalTellsPartsAndWhatWouldFit() {
    assertRefused(
        IllegalStateException.class,
        () -> plan(GPU).requireRoom(free(24, 64)),
        "this needs about ",
        " GiB on cuda:0 (transformer 22.1 GiB, verifier 15.7 GiB, ",
        "where 24.0 GiB are free; what would fit: --weights int8 (about 2",
        "--offload (about ");
  }

  @Test
  void whatIsUsedAlreadyIsNotAdvised() {
    assertRefused(
        IllegalStateException.class,
        () -> plan(eightBits(GPU)).requireRoom(free(20, 64)),
        "what would fit: --offload (about ");
    String savings = plan(eightBits(GPU)).savings().orElseThrow();
    assertFalse(savings.contains("int8") || savings.contains("bf16"), savings);
    assertFalse(savings.contains("recompute"), "8 bits mean recompute");
    assertTrue(plan(GPU).savings().orElseThrow().startsWith("less would take: --recompute on ("));
  }

  @Test
  void severalOptionsAreAdvisedTogetherWhereNoneDoesAlone() {
    assertRefused(
        IllegalStateException.class,
        () -> plan(GPU).requireRoom(free(4, 64)),
        "what would fit: --offload --text-device cpu (about ",
        " on cpu, 2.7 GiB on cuda:0)");
  }

  /** In bf16 they are mapped from their files. */
  @Test
  void inFp32TheCpuHoldsACopyOfEveryWeight() {
    assertRefused(
        IllegalStateException.class,
        () -> plan(FP32).requireRoom(free(0, 24)),
        "(transformer 44.3 GiB, verifier 31.3 GiB, text_encoder_2 17.7 GiB, LoRA",
        "what would fit: --dtype bf16 (about 1.3 GiB beside 46.",
        " GiB used from their files), --offload (about ");
  }

  @Test
  void whereNothingHelpsEnoughThatIsTold() {
    assertRefused(
        IllegalStateException.class,
        () -> plan(GPU).requireRoom(free(0.5, 0.5)),
        "not even enough: ");
  }

  @Test
  void aShortageIsTheRefusalWithoutItsBeginning() {
    assertEquals(Optional.empty(), plan(GPU).shortage(free(48, 0)));
    String told = plan(GPU).shortage(free(24, 64)).orElseThrow();
    assertTrue(told.matches("about .* GiB on cuda:0 .*; what would fit: .*--offload .*"), told);
    assertRefused(
        IllegalStateException.class,
        () -> plan(GPU).requireRoom(free(24, 64)),
        "this needs " + told);
  }

  @Test
  void whatFitsIsNotRefused() throws Exception {
    assertDoesNotThrow(() -> plan(GPU).requireRoom(free(48, 0)));
    LoadOptions mapped = LoadOptions.at(new Placement("cpu", Dtype.BFLOAT16));
    assertEquals(List.of(), LoggedLines.warnings(() -> plan(mapped).requireRoom(free(0, 64))));
    List<String> told = LoggedLines.warnings(() -> plan(mapped).requireRoom(free(0, 16)));
    assertTrue(
        told.toString().contains("weights of 46.8 GiB are used from their files"), told::toString);
  }

  @Test
  void drawingAndLookingAloneTakeLess() {
    double drawing = MemoryPlan.drawing(generator, GPU, Optional.empty()).need().bytes("cuda:0");
    assertEquals(22.3 + 8.87, drawing / GIB, 0.1); // with T5, while the text is encoded
    double looking = MemoryPlan.looking(verifiers, GPU).need().bytes("cuda:0");
    assertEquals(15.65, looking / GIB, 0.01);
  }

  @Test
  void whatIsNotKnownCountsAsNothing() {
    ModelSource<Generator> plugIn = new ModelSource<>("toy", Optional.empty(), new Headers<>());
    assertEquals(List.of(), MemoryPlan.drawing(plugIn, GPU, Optional.empty()).need().items());
    LoadOptions random = GPU.withWeights(WeightSource.random(0));
    assertEquals(0, MemoryPlan.looking(verifiers, random).need().bytes("cuda:0"));
  }
}
