package dev.dualprocess.testing;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.dualprocess.Conditioning;
import dev.dualprocess.Draft;
import dev.dualprocess.Generator;
import dev.dualprocess.Sampling;
import dev.dualprocess.VelocityDraft;
import dev.dualprocess.VelocityGenerator;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraSettings;
import dev.dualprocess.lora.LoraTargets;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Lifetime;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.Torch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every generator promises, whatever its numbers are. It is opened once: no test changes it.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class GeneratorContract {
  private static final LoraSettings LORA =
      new LoraSettings(4, 8, LoraSettings.Init.KAIMING_UNIFORM);
  private static final int STEPS = 3;

  private PointerScope scope;
  private Generator generator;
  private Conditioning text;

  /** A new one of the kind under test. */
  protected abstract Generator open(Placement placement) throws IOException;

  /** What image sizes must be multiples of. */
  protected abstract int unit(Generator opened);

  /** Every way of sampling that takes another way through the code. */
  protected abstract List<Sampling> samplings(Sampling sampling);

  /** Whether what a frozen layer returns has a gradient. */
  protected abstract boolean trainsItsOwnWeights(Generator opened);

  /** Half of the distance over which slopes are measured first: small where there are kinks. */
  protected abstract double halfStep();

  /** The generator under test, on the CPU. */
  protected final Generator generator() {
    return generator;
  }

  @BeforeAll
  final void openGenerator() throws IOException {
    Torch.setThreads(1); // many small steps: threads cost more than they give
    generator = open(Placement.CPU);
  }

  @AfterAll
  final void closeGenerator() {
    generator.close();
  }

  @BeforeEach
  final void enter() {
    scope = new PointerScope();
    text = generator.condition("a cat");
  }

  @AfterEach
  final void leave() {
    text.close();
    scope.close();
  }

  /** The smallest image that is wider than high. */
  private Sampling small() {
    int unit = unit(generator);
    return generator.defaultSampling().withSize(new ImageSize(unit, 2 * unit)).withSteps(STEPS);
  }

  @Test
  void gradientsOfADraftAreThoseOfItsImage() {
    for (Sampling sampling : samplings(small())) {
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor zt = Ops.leaf(generator.sample(noise, text, sampling, 1));
      Tensor r;
      try (Draft draft = generator.draft(zt, 1, text, sampling)) {
        assertFalse(draft.image().requires_grad());
        r = Noise.randn(8, draft.image().shape());
        draft.backward(r);
        assertThrows(IllegalStateException.class, () -> draft.backward(r));
      }
      Slope.assertBoth(
          sampling.toString(), z -> value(sampling, 1, z, r), zt, zt.grad(), halfStep(), 0.02);
    }
  }

  /** The way into the adapter, along its own gradient. */
  @Test
  void gradientsOfTheLoraAreThoseOfTheImage() {
    for (Sampling sampling : samplings(small())) {
      try (Lora lora = generator.loraTargets().create(LORA, 3);
          LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        Tensor noise = generator.noise(7, 1, sampling.size());
        Tensor gradient = lora.flatGradient();
        Tensor r;
        try (Draft draft = generator.draft(noise, 0, text, sampling)) {
          r = Noise.randn(8, draft.image().shape());
          draft.backward(r);
        }
        Tensor start = lora.flat().detach().clone();
        Slope.assertAlongIt(
            sampling.toString(),
            weights -> {
              lora.flat().copy_(weights);
              return value(sampling, 0, noise, r);
            },
            start,
            gradient.clone(),
            halfStep(),
            0.02);
      }
    }
  }

  /** Of those that show their velocity, the way into the adapter from it and the image together. */
  @Test
  void gradientsInTheVelocityReachTheLoraToo() {
    if (!(generator instanceof VelocityGenerator flow)) {
      return;
    }
    for (Sampling sampling : samplings(small())) {
      try (Lora lora = generator.loraTargets().create(LORA, 3);
          LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        Tensor noise = generator.noise(7, 1, sampling.size());
        Tensor gradient = lora.flatGradient();
        Tensor r;
        Tensor s;
        try (VelocityDraft draft = flow.draft(noise, 0, text, sampling)) {
          assertArrayEquals(
              Ops.toFloats(flow.velocity(noise, 0, text, sampling)),
              Ops.toFloats(draft.velocity()));
          r = Noise.randn(8, draft.image().shape());
          s = Ops.mul(Noise.randn(9, draft.velocity().shape()), 3);
          assertThrows(IllegalArgumentException.class, () -> draft.backward(r, r));
          draft.backward(r, s);
          assertThrows(IllegalStateException.class, () -> draft.backward(r, s));
        }
        Tensor start = lora.flat().detach().clone();
        Slope.assertAlongIt(
            sampling.toString(),
            weights -> {
              lora.flat().copy_(weights);
              Tensor velocity = flow.velocity(noise, 0, text, sampling);
              return value(sampling, 0, noise, r)
                  + velocity.to(torch.ScalarType.Double).mul(s).sum().item_double();
            },
            start,
            gradient.clone(),
            halfStep(),
            0.02);
      }
    }
  }

  private double value(Sampling sampling, int step, Tensor zt, Tensor r) {
    try (Draft draft = generator.draft(zt, step, text, sampling)) {
      return draft.image().to(torch.ScalarType.Double).mul(r).sum().item_double();
    }
  }

  @Test
  void aDraftTrainsTheLoraAndNothingElse() {
    for (Sampling sampling : samplings(small())) {
      try (Lora lora = generator.loraTargets().create(LORA, 3)) {
        Tensor noise = generator.noise(7, 1, sampling.size());
        Tensor gradient = lora.flatGradient();
        Tensor before = generator.generate(noise, text, sampling);
        try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
          Golden.assertClose("a new LoRA", before, generator.generate(noise, text, sampling), 1e-6);
          try (Draft draft = generator.draft(noise, 0, text, sampling)) {
            draft.backward(Noise.randn(8, draft.image().shape()));
          }
        }
        for (String path : generator.loraTargets().trained()) {
          assertTrue(lora.b(path).grad().norm().item_double() > 0, path);
        }
        assertTrue(gradient.norm().item_double() > 0);
        assertFalse(trainsItsOwnWeights(generator));
      }
    }
  }

  @Test
  void aDraftAtTheLastStepIsWhatSamplingEndsWith() {
    for (Sampling sampling : samplings(small())) {
      if (!Arrays.equals(
          generator.schedule(sampling).sigmas(), generator.trainingSchedule(sampling).sigmas())) {
        continue; // taught at other levels than it samples at
      }
      int last = sampling.numInferenceSteps() - 1;
      Tensor noise = generator.noise(7, 1, sampling.size());
      Tensor zt = generator.sample(noise, text, sampling, last);
      try (Draft draft = generator.draft(zt, last, text, sampling)) {
        Tensor image = generator.generate(noise, text, sampling);
        Golden.assertClose("last draft, " + sampling, image, draft.image(), 1e-5);
      }
    }
  }

  @Test
  void aBatchIsItsImages() {
    for (Sampling sampling : samplings(small())) {
      Tensor noise = generator.noise(7, 3, sampling.size());
      Tensor images = generator.generate(noise, text, sampling);
      for (int i = 0; i < 3; i++) {
        Tensor image = generator.generate(noise.narrow(0, i, 1), text, sampling);
        Golden.assertClose("image " + i, image, images.narrow(0, i, 1), 1e-5);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"BFLOAT16", "FLOAT16"})
  void halfPrecisionDrawsNearlyTheSame(Dtype dtype) throws IOException {
    Sampling sampling = small().withSteps(1);
    Tensor noise = generator.noise(7, 1, sampling.size());
    Tensor image = generator.generate(noise, text, sampling);
    try (Generator coarse = open(new Placement("cpu", dtype));
        Conditioning coarseText = coarse.condition("a cat");
        Lora lora = coarse.loraTargets().create(LORA, 3)) {
      Tensor near = coarse.generate(noise, coarseText, sampling);
      assertEquals(Dtype.FLOAT32, Dtype.of(near));
      Golden.assertClose(dtype.shortName(), image, near, 0.1);
      lora.flatGradient();
      try (LoraTargets.Attachment attached = coarse.loraTargets().attach(lora, 1);
          Draft draft = coarse.draft(noise, 0, coarseText, sampling)) {
        Golden.assertClose(dtype.shortName() + " draft", near, draft.image(), 0.02);
        draft.backward(Noise.randn(8, draft.image().shape()));
      }
      assertTrue(lora.flatGradient().norm().item_double() > 0);
    }
  }

  @Test
  void wrongRequestsAreRefused() {
    int unit = unit(generator);
    Sampling sampling = small();
    assertRefused(
        IllegalArgumentException.class,
        () -> generator.latentShape(new ImageSize(4 * unit, 4 * unit + 1)),
        "multiples of " + unit);
    Tensor noise = generator.noise(7, 1, sampling.size());
    Tensor wrong = noise.narrow(-1, 0, 1);
    assertRefused(
        IllegalArgumentException.class,
        () -> generator.draft(wrong, 0, text, sampling),
        "latents of shape [1, ");
    assertThrows(IllegalArgumentException.class, () -> generator.decode(wrong, sampling.size()));
    assertThrows(
        IllegalArgumentException.class, () -> generator.sample(noise, text, sampling, STEPS + 1));
    assertThrows(
        IllegalArgumentException.class, () -> generator.draft(noise, STEPS, text, sampling));
    try (Draft draft = generator.draft(noise, 0, text, sampling)) {
      Tensor dImage = Noise.randn(8, draft.image().shape());
      assertRefused(IllegalStateException.class, () -> draft.backward(dImage), "nothing to train");
    }
    assertRefused(
        IllegalArgumentException.class,
        () -> generator.sample(noise, new ForeignText(), sampling, 1),
        "'a dog'",
        "another kind of generator");
    text.close();
    assertThrows(IllegalStateException.class, () -> generator.sample(noise, text, sampling, 1));
  }

  /** Another generator's. */
  private record ForeignText() implements Conditioning {
    @Override
    public String text() {
      return "a dog";
    }

    @Override
    public void close() {}
  }

  @Test
  void noiseHasTheShapeOfLatents() {
    Sampling sampling = small();
    long[] one = generator.latentShape(sampling.size());
    long[] two = new long[one.length + 1];
    two[0] = 2;
    System.arraycopy(one, 0, two, 1, one.length);
    assertArrayEquals(two, generator.noise(7, 2, sampling.size()).shape());
  }

  @Test
  void aStepLeavesNothingBehind() throws IOException {
    try (Lora lora = generator.loraTargets().create(LORA, 3)) {
      lora.flatGradient();
      try (LoraTargets.Attachment attached = generator.loraTargets().attach(lora, 1)) {
        FlatMemory.assertFlat(() -> steps(10));
      }
    }
  }

  private void steps(int n) {
    for (int i = 0; i < n; i++) {
      for (Sampling sampling : samplings(small())) {
        try (PointerScope step = new PointerScope();
            Conditioning fresh = generator.condition("a cat")) {
          Conditioning taught = fresh.forTraining(sampling);
          Tensor noise = generator.noise(i, 1, sampling.size());
          Tensor zt = generator.sample(noise, taught, sampling, STEPS - 1);
          try (Draft draft = generator.draft(zt, STEPS - 1, taught, sampling)) {
            draft.backward(draft.image());
          }
        }
      }
    }
  }

  @Test
  void useAfterClosingSaysSo() throws IOException {
    Sampling sampling = small();
    Tensor noise = generator.noise(7, 1, sampling.size());
    Generator closed = open(Placement.CPU);
    Conditioning its = closed.condition("a cat");
    Lora lora = closed.loraTargets().create(LORA, 3);
    lora.flatGradient();
    Draft draft;
    try (LoraTargets.Attachment attached = closed.loraTargets().attach(lora, 1)) {
      draft = closed.draft(noise, 0, its, sampling);
    }
    LoraTargets targets = closed.loraTargets();
    closed.close();
    closed.close();
    List<Executable> uses =
        List.of(
            () -> closed.condition("a dog"),
            () -> closed.sample(noise, its, sampling, 1),
            () -> closed.generate(noise, its, sampling),
            () -> closed.generate("a cat", sampling, 1),
            () -> closed.draft(noise, 0, its, sampling),
            () -> closed.decode(noise, sampling.size()),
            () -> draft.backward(draft.image()),
            () -> targets.create(LORA, 3),
            () -> targets.attach(lora, 1),
            closed::loraTargets);
    for (Executable use : uses) {
      assertRefused(
          IllegalStateException.class, use, "generator '" + closed.name() + "' is closed");
    }
    draft.close();
    draft.close();
    assertRefused(IllegalStateException.class, draft::image, "this draft is closed");
    assertRefused(IllegalStateException.class, () -> draft.backward(noise), "this draft is closed");
    its.close();
    lora.close();
  }

  @Test
  void manyThreadsDrawWhatOneDraws() throws InterruptedException {
    Sampling wide = small();
    Sampling square = wide.withSize(ImageSize.square(2 * unit(generator)));
    List<Sampling> both = List.of(wide, square);
    List<float[]> wanted = both.stream().map(this::drawn).toList();
    List<Throwable> wrong = inThreads(8, i -> drawsThat(wanted.get(i % 2), both.get(i % 2)));
    assertEquals(List.of(), wrong);
  }

  private void drawsThat(float[] wanted, Sampling sampling) {
    for (int round = 0; round < 3; round++) {
      assertArrayEquals(wanted, drawn(sampling));
    }
  }

  private float[] drawn(Sampling sampling) {
    return Memory.freeing(
        () ->
            Ops.toFloats(
                generator.generate(generator.noise(7, 1, sampling.size()), text, sampling)));
  }

  /** What was thrown in any of {@code n} threads at the same time. */
  private static List<Throwable> inThreads(int n, IntConsumer body) throws InterruptedException {
    List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int index = i;
      threads.add(new Thread(() -> body.accept(index), "drawing " + i));
      threads.get(i).setUncaughtExceptionHandler((thread, e) -> thrown.add(e));
      threads.get(i).start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return thrown;
  }

  @Test
  void whoTeachesKeepsOthersOut() throws InterruptedException {
    Sampling sampling = small();
    List<Throwable> thrown;
    try (Lifetime.Hold mine = generator.loraTargets().lifetime().claim()) {
      thrown = inThreads(1, i -> drawn(sampling));
    }
    assertEquals(1, thrown.size());
    String me = Thread.currentThread().getName();
    assertEquals(
        "generator '%s' is in use by thread '%s': thread 'drawing 0' has to wait for it, or open one of its own"
            .formatted(generator.name(), me),
        thrown.get(0).getMessage());
  }

  /** Whoever draws gets an image or a sentence, and the process lives on. */
  @Test
  void closingWhileOthersDrawIsSafe() throws IOException, InterruptedException {
    Sampling sampling = small();
    for (int round = 0; round < 6; round++) {
      Generator other = open(Placement.CPU);
      Conditioning its = other.condition("a cat");
      int delay = round * 3;
      List<Throwable> thrown =
          inThreads(
              3,
              i -> {
                if (i == 0) {
                  Uninterruptibles.sleepUninterruptibly(Duration.ofMillis(delay));
                  its.close();
                  other.close();
                } else {
                  drawUntilClosed(other, its, sampling);
                }
              });
      for (Throwable told : thrown) {
        assertTrue(told instanceof IllegalStateException, told::toString);
        assertTrue(String.valueOf(told.getMessage()).endsWith(" is closed"), told::toString);
      }
      assertEquals(2, thrown.size());
    }
  }

  private static void drawUntilClosed(Generator from, Conditioning text, Sampling sampling) {
    while (true) {
      Memory.freeing(
          () -> Ops.toFloats(from.generate(from.noise(7, 1, sampling.size()), text, sampling)));
    }
  }
}
