package dev.dualprocess.distill;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Assessment;
import dev.dualprocess.CommitteeVerifier;
import dev.dualprocess.Critique;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.distill.Distillation.Ending;
import dev.dualprocess.lora.Lora;
import dev.dualprocess.lora.LoraTargets.Attachment;
import dev.dualprocess.nn.KeyValueCache;
import dev.dualprocess.overlay.Overlay;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.recompute.Recomputation;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.recompute.Tape;
import dev.dualprocess.spi.PixelVerifier;
import dev.dualprocess.spi.TensorVerifier;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.tensor.TensorOwner;
import dev.dualprocess.weights.SafeTensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every misuse gets a sentence that says what is wrong, from the call that is wrong. */
@Timeout(120)
class MisuseTest extends ToyRuns {
  private static final Prompt ONE = Prompt.of("a toy").check("0.5", "x");
  private static final List<Question> QUESTIONS = List.of(new Question("0.5", "x"));

  @TempDir private Path folder;

  private static Tensor image() {
    return Noise.randn(3, 1, 3, SIZE.height(), SIZE.width());
  }

  // Use after closing.

  private static DynamicTest closed(String told, AutoCloseable closing, Executable... uses) {
    return DynamicTest.dynamicTest(
        told,
        () -> {
          try (PointerScope scope = new PointerScope()) {
            closing.close();
            closing.close();
            for (Executable use : uses) {
              assertRefused(IllegalStateException.class, use, told);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatIsClosedSaysSo() throws IOException {
    Distillation distillation = start(PROMPT, settings(3));
    Distillation other = start(PROMPT, settings(3));
    Lora lora = generator.loraTargets().create(settings(1).lora(), 1);
    Path file = folder.resolve("lora.safetensors");
    lora.save(file);
    Lora learnt = other.lora();
    return Stream.of(
        closed(
            "this distillation is closed",
            distillation,
            distillation::step,
            distillation::run,
            distillation::examiner,
            distillation::conditioning,
            () -> distillation.save(folder),
            () -> distillation.resume(folder)),
        closed(
            "this LoRA is closed",
            lora,
            lora::flat,
            lora::flatGradient,
            () -> lora.a(ToyGenerator.LAYER),
            () -> lora.save(file),
            () -> lora.scaled(2),
            () -> lora.on(Placement.CPU),
            () -> Lora.stack(lora, lora),
            () -> generator.loraTargets().attach(lora, 1),
            () -> generator.loraTargets().merge(lora, 1)),
        closed("this LoRA is closed", learnt, other::step, other::run, () -> other.save(folder)),
        examiner(),
        verifier("verifier 'pixels' is closed", new PixelVerifier("pixels", (p, h, w, q, g) -> 1)),
        verifier("verifier 'tensors' is closed", new TensorVerifier("tensors", (i, q) -> i.mean())),
        verifier("verifier 'toy verifier' is closed", new CommitteeVerifier(List.of(verifier))),
        drawings(),
        showing(),
        natives(),
        noise(),
        owner(),
        cache(),
        tape(),
        safetensors(file));
  }

  private DynamicTest examiner() {
    Examiner examiner =
        new Examiner(
            verifier,
            PROMPT,
            SIZE,
            PresentationSettings.DEFAULT,
            VqaSettings.DEFAULT,
            Placement.CPU);
    return closed(
        "this examiner is closed",
        examiner,
        () -> examiner.assess(image()),
        () -> examiner.critique(image()),
        () -> examiner.shown(image()));
  }

  private static DynamicTest verifier(String told, Verifier verifier) {
    return closed(
        told,
        verifier,
        () -> verifier.assess(image(), QUESTIONS, VqaSettings.DEFAULT),
        () -> verifier.critique(image(), QUESTIONS, VqaSettings.DEFAULT));
  }

  private static DynamicTest drawings() {
    Overlay overlay = Overlay.of(VisualPrompt.horizon(0.5), SIZE, Placement.CPU);
    return closed("this overlay is closed", overlay, () -> overlay.apply(image()));
  }

  private static DynamicTest showing() {
    Presentation presentation =
        new Presentation(Optional.empty(), SIZE, PresentationSettings.DEFAULT, Placement.CPU);
    return closed(
        "this presentation is closed",
        presentation,
        () -> presentation.shown(image()),
        () -> presentation.show(image()));
  }

  private static DynamicTest natives() {
    Tensor theta = Noise.randn(1, 3);
    Adam adam = new Adam(theta, theta, AdamSettings.PAPER);
    return closed("this optimizer is closed", adam, adam::step, adam::firstMoment);
  }

  private static DynamicTest noise() {
    Noise noise = Noise.seeded(1);
    return closed("this stream of noise is closed", noise, () -> noise.normal(2), noise::state);
  }

  private static DynamicTest owner() {
    TensorOwner owner = new TensorOwner();
    return closed("this owner of tensors is closed", owner, () -> owner.own(image()));
  }

  private static DynamicTest cache() {
    KeyValueCache cache = new KeyValueCache(2);
    return closed("this cache of keys and values is closed", cache, cache::read);
  }

  private static DynamicTest tape() {
    Tape tape = new Recomputation(Recompute.ON, Placement.CPU).tape("any", true);
    return closed("this tape is closed", tape, () -> tape.record(MisuseTest::image));
  }

  private static DynamicTest safetensors(Path path) throws IOException {
    SafeTensorsFile file = SafeTensorsFile.open(path);
    String name = file.names().iterator().next();
    return closed(path + " is closed", file, () -> file.tensor(name));
  }

  @Test
  void aLoraThatIsClosedWhileAttachedWorksUntilItIsDetached() {
    try (PointerScope scope = new PointerScope()) {
      Lora lora = generator.loraTargets().create(settings(1).lora(), 1);
      lora.b(ToyGenerator.LAYER).normal_();
      Tensor z = generator.noise(3, 1, SIZE);
      var text = generator.condition("a toy");
      var sampling = generator.defaultSampling();
      float[] bare = Ops.toFloats(generator.generate(z, text, sampling));
      Attachment attached = generator.loraTargets().attach(lora, 1);
      float[] wanted = Ops.toFloats(generator.generate(z, text, sampling));
      lora.close();
      assertArrayEquals(wanted, Ops.toFloats(generator.generate(z, text, sampling)));
      attached.close();
      attached.close();
      assertArrayEquals(bare, Ops.toFloats(generator.generate(z, text, sampling)));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aWeightThatIsNoNumberIsRefused(double weight) {
    try (Lora lora = generator.loraTargets().create(settings(1).lora(), 1)) {
      String told = "weight must be a number, not " + weight;
      assertRefused(
          IllegalArgumentException.class, () -> generator.loraTargets().attach(lora, weight), told);
      assertRefused(
          IllegalArgumentException.class, () -> generator.loraTargets().merge(lora, weight), told);
      assertRefused(IllegalArgumentException.class, () -> lora.scaled(weight), "not by " + weight);
    }
  }

  // Two threads.

  @Test
  void twoThreadsThatTeachOneGeneratorAreToldOfEachOther() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Verifier slow =
        returning(
            image -> {
              inside.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return new Critique(List.of(Assessment.ofLoss(1, "")), torch.zeros_like(image));
            });
    try (Distillation first = Distillation.of(generator, slow, ONE).settings(settings(1)).start();
        Distillation second = start(ONE, settings(2))) {
      Thread teacher = new Thread(first::run, "teacher");
      teacher.start();
      inside.await();
      String me = Thread.currentThread().getName();
      assertRefused(
          IllegalStateException.class,
          second::step,
          "this generator is in use by thread 'teacher'",
          "thread '" + me + "' has to wait for it, or open one of its own");
      assertRefused(
          IllegalStateException.class,
          () -> first.save(folder),
          "this distillation is in use by thread 'teacher'");
      go.countDown();
      teacher.join();
      assertTrue(first.finished());
      assertEquals(Ending.FINISHED, second.run());
      take(first);
      take(second);
    }
  }

  // What a verifier returns.

  /** What a verifier says to one image. */
  private interface Saying {
    @Nullable Critique of(Tensor image);
  }

  private static Verifier returning(Saying saying) {
    return new Verifier() {
      @Override
      public String name() {
        return "odd";
      }

      @Override
      public List<Assessment> assess(Tensor image, List<Question> asked, VqaSettings settings) {
        return critique(image, asked, settings).assessments();
      }

      @Override
      @SuppressWarnings("NullAway") // that is the misuse
      public Critique critique(Tensor image, List<Question> asked, VqaSettings settings) {
        return saying.of(image);
      }

      @Override
      public void close() {}
    };
  }

  private static Critique loss(double loss, Tensor gradient) {
    return new Critique(List.of(Assessment.ofLoss(loss, "")), gradient);
  }

  private DynamicTest said(
      String name, Class<? extends Exception> type, Saying saying, String... told) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (Distillation distillation =
                  Distillation.of(generator, returning(saying), ONE).settings(settings(3)).start();
              Lora lora = distillation.lora()) {
            float[] before = Ops.toFloats(lora.flat());
            assertRefused(type, distillation::run, (Object[]) told);
            assertArrayEquals(before, Ops.toFloats(lora.flat()));
            assertEquals(0, Ops.toFloats(lora.flatGradient().norm())[0]);
          }
        });
  }

  @TestFactory
  @SuppressWarnings("NullAway") // that is the misuse
  Stream<DynamicTest> whatAVerifierMustNotReturnIsToldWithItsNameAndTheStep() {
    Class<IllegalStateException> wrong = IllegalStateException.class;
    Class<DistillationException> noNumber = DistillationException.class;
    return Stream.of(
        said("nothing", wrong, image -> null, "verifier 'odd' returned no critique at step 1"),
        said(
            "a negative loss",
            wrong,
            image -> loss(-3, torch.zeros_like(image)),
            "verifier 'odd' returned the loss -3.0 and the probability 20.08",
            "to '0.5' at step 1",
            "at least 0"),
        said(
            "a probability above 1",
            wrong,
            image -> new Critique(List.of(new Assessment(1, 20.09, "")), torch.zeros_like(image)),
            "the probability 20.09"),
        said(
            "a loss that is no number",
            noNumber,
            image -> loss(Double.NaN, torch.zeros_like(image)),
            "the loss became NaN at step 1: verifier 'odd' returned it",
            "at least 0"),
        said(
            "a gradient that is no number",
            noNumber,
            image -> loss(1, image.div(torch.zeros_like(image))),
            "the gradient became NaN or infinite at step 1: verifier 'odd' returned it",
            "must be numbers"),
        said(
            "no gradient",
            wrong,
            image -> loss(1, null),
            "verifier 'odd' failed at step 1: imageGradient"),
        said(
            "an undefined gradient",
            wrong,
            image -> loss(1, new Tensor()),
            "verifier 'odd' returned a gradient at step 1 that is closed or undefined"),
        said(
            "a gradient of another shape",
            wrong,
            image -> loss(1, torch.zeros(1, 3, 2, 2)),
            "verifier 'odd' returned a gradient of shape [1, 3, 2, 2] for an image of shape [1, 3, 4, 3] at step 1"),
        said(
            "two answers to one question",
            wrong,
            image ->
                new Critique(
                    List.of(Assessment.ofLoss(1, ""), Assessment.ofLoss(1, "")),
                    torch.zeros_like(image)),
            "verifier 'odd' answered 2 of 1 questions at step 1"),
        said(
            "an exception",
            wrong,
            image -> {
              throw new UnsupportedOperationException("out of ideas");
            },
            "verifier 'odd' failed at step 1: out of ideas"),
        said(
            "an exception of libtorch",
            wrong,
            image -> loss(1, image.matmul(torch.zeros(7, 7))),
            "verifier 'odd' failed at step 1: mat"));
  }

  @Test
  void anImageThatIsNoNumberIsNotTheVerifiersFault() {
    generator.weight().mul_(new org.bytedeco.pytorch.Scalar(Double.NaN));
    try (Distillation distillation = start(ONE, settings(3));
        Lora lora = distillation.lora()) {
      assertRefused(
          DistillationException.class,
          distillation::run,
          "the picture is not finite (NaN or infinite numbers) at step 1",
          "generator 'toy generator' drew it so");
      assertNotNull(lora);
    }
  }

  // Stops, interrupts, and steps that there are not.

  @Test
  void everyStopEndsOneRunAndTheNextGoesOn() {
    AtomicReference<Distillation> running = new AtomicReference<>();
    StepListener stopAtTwo =
        report -> {
          if (report.step() == 2) {
            running.get().requestStop();
          }
        };
    float[] stopped;
    try (Distillation distillation =
        Distillation.of(generator, verifier, PROMPT)
            .settings(settings(4))
            .listener(stopAtTwo)
            .start()) {
      running.set(distillation);
      assertEquals(Ending.STOPPED, distillation.run());
      assertEquals(2, distillation.reports().size());
      distillation.requestStop();
      assertEquals(Ending.STOPPED, distillation.run());
      assertEquals(2, distillation.reports().size());
      assertEquals(Ending.FINISHED, distillation.run());
      assertEquals(Ending.FINISHED, distillation.run());
      assertRefused(IllegalStateException.class, distillation::step, "taken all its 4 steps");
      stopped = take(distillation);
    }
    try (Distillation distillation = start(PROMPT, settings(4))) {
      distillation.run();
      assertArrayEquals(take(distillation), stopped);
    }
  }

  @Test
  void anInterruptStopsTheRunAfterItsStepAndIsKept() throws IOException {
    List<Integer> told = new ArrayList<>();
    StepListener interrupting =
        report -> {
          told.add(report.step());
          if (report.step() == 2) {
            Thread.currentThread().interrupt();
          }
        };
    try (Distillation distillation =
            Distillation.of(generator, verifier, PROMPT)
                .settings(settings(4))
                .listener(interrupting)
                .start();
        Lora lora = distillation.lora()) {
      assertEquals(Ending.INTERRUPTED, distillation.run());
      assertEquals(Ending.INTERRUPTED, distillation.run());
      assertEquals(List.of(1, 2), told);
      Path state = folder.resolve("state.safetensors");
      Path file = folder.resolve("lora.safetensors");
      assertRefused(
          IOException.class, () -> distillation.save(folder), state, "interrupted", "written");
      assertRefused(IOException.class, () -> lora.save(file), file, "interrupted", "written");
      assertTrue(Thread.interrupted());
      try (Stream<Path> left = Files.list(folder)) {
        assertEquals(0, left.count());
      }
      lora.save(file);
      Thread.currentThread().interrupt();
      assertRefused(IOException.class, () -> Lora.load(file), file, "interrupted", "read");
      assertTrue(Thread.interrupted());
      assertEquals(Ending.FINISHED, distillation.run());
      assertFalse(Thread.currentThread().isInterrupted());
    } finally {
      Thread.interrupted();
    }
  }
}
