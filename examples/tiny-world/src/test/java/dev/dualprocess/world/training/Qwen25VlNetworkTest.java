package dev.dualprocess.world.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.qwen25vl.Qwen25VlNetwork;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.tiny.BundledModels;
import dev.dualprocess.world.Scene;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is trained in batches is what is used one by one. */
class Qwen25VlNetworkTest {
  private static final int BATCH = 3;
  private static final double TOLERANCE = 1e-5;

  private static Qwen25VlNetwork network;

  private PointerScope scope;
  private Tensor images;

  /** Of different lengths. */
  private final List<String> questions =
      List.of(
          "Is it night? Answer with Yes or No.",
          "Is this a desert at noon? Answer with Yes or No.",
          "Does the image use the colors of the palette at the bottom? Answer with Yes or No.");

  @BeforeAll
  static void open() throws IOException {
    network =
        Qwen25VlNetwork.open(
            BundledModels.verifier(),
            ImageSize.square(Scene.SIDE),
            new Initial(Workshop.SEED, Workshop.NONE));
  }

  @AfterAll
  static void close() {
    network.close();
  }

  @BeforeEach
  void draw() {
    scope = new PointerScope();
    images = SceneBatch.random(BATCH, new Random(71)).images();
  }

  @AfterEach
  void free() {
    scope.close();
  }

  /** Logits of the first token of each answer, [B, vocabulary]. */
  private static Tensor logits(Tensor images, List<String> questions) {
    return Memory.noGrad(
        () -> {
          List<long[]> ids = questions.stream().map(network::promptIds).toList();
          List<long[]> last = ids.stream().map(p -> new long[] {p.length - 1L}).toList();
          return network.logits(network.see(images), ids, last);
        });
  }

  @Test
  void aBatchIsItsPartsOneByOne() {
    assertTrue(Exam.questions().containsAll(questions));
    assertEquals(3, questions.stream().map(q -> network.promptIds(q).length).distinct().count());
    Tensor[] parts =
        IntStream.range(0, BATCH)
            .mapToObj(i -> logits(images.narrow(0, i, 1), questions.subList(i, i + 1)))
            .toArray(Tensor[]::new);
    Golden.assertClose("logits", Ops.cat(0, parts), logits(images, questions), TOLERANCE);
  }

  @Test
  void itIsWhatTheVerifierAnswers() throws IOException {
    Tensor log = torch.log_softmax(logits(images, questions), 1);
    try (Verifier verifier = Providers.verifiers().open(BundledModels.verifier(), Placement.CPU)) {
      for (String answer : List.of("Yes", "No")) {
        float[] told = Ops.toFloats(log.select(1, network.tokenOf(answer)));
        for (int i = 0; i < BATCH; i++) {
          double loss =
              verifier
                  .assess(
                      images.narrow(0, i, 1),
                      List.of(new Question(questions.get(i), answer)),
                      VqaSettings.DEFAULT)
                  .get(0)
                  .loss();
          assertEquals(loss, -told[i], TOLERANCE * Math.max(1, loss));
        }
      }
    }
  }
}
