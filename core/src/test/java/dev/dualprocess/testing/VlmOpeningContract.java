package dev.dualprocess.testing;

import static dev.dualprocess.testing.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Critique;
import dev.dualprocess.Question;
import dev.dualprocess.Verifier;
import dev.dualprocess.VqaSettings;
import dev.dualprocess.recompute.Recompute;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.spi.Providers;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.VqaVerifier;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a vision-language model keeps to in whatever way it is opened. */
public abstract class VlmOpeningContract {
  private static final int CONTEXT = 400; // tokens

  private final VlmFamily<?> family;
  private PointerScope scope;
  private Tensor image;

  /** The model of {@code family}'s golden cases. */
  protected VlmOpeningContract(VlmFamily<?> family) {
    this.family = family;
  }

  @BeforeEach
  final void openScope() {
    scope = new PointerScope();
    image = family.image(3, 2);
  }

  @AfterEach
  final void closeScope() {
    scope.close();
  }

  @Test
  final void recomputeChangesNoGradient() throws IOException {
    LoadOptions opening = LoadOptions.at(Placement.CPU);
    Critique plain = critique(opening.withRecompute(Recompute.OFF));
    Critique again = critique(opening.withRecompute(Recompute.ON));
    assertEquals(plain.loss(), again.loss(), 1e-6);
    Golden.assertClose("recomputed", plain.imageGradient(), again.imageGradient(), 1e-6);
  }

  @Test
  final void weightsThatAreFetchedGiveTheSameNumbers() throws IOException {
    LoadOptions bf16 =
        LoadOptions.at(new Placement("cpu", Dtype.BFLOAT16)).withRecompute(Recompute.ON);
    assertSame(bf16, bf16.withWeights(WeightSource.FILES.onTheHost()));
    WeightSource eight = WeightSource.FILES.inEightBits();
    assertSame(bf16.withWeights(eight), bf16.withWeights(eight.onTheHost()));
  }

  private void assertSame(LoadOptions expected, LoadOptions actual) throws IOException {
    Critique there = critique(expected);
    Critique fetched = critique(actual);
    assertEquals(there.loss(), fetched.loss());
    assertArrayEquals(Ops.toFloats(there.imageGradient()), Ops.toFloats(fetched.imageGradient()));
  }

  private Critique critique(LoadOptions opening) throws IOException {
    Path folder = family.checkpoint();
    try (Verifier opened =
        Providers.verifiers().reading(folder).open(Optional.of(folder), opening)) {
      return opened.critique(image, VerifierContract.QUESTIONS, VqaSettings.DEFAULT);
    }
  }

  /** Blanks around an answer are none of it; its letters are, and a Yes in others is told of. */
  @Test
  final void answersAreTakenAsTheyAreSaid() throws Exception {
    Path folder = family.checkpoint();
    try (Verifier opened = Providers.verifiers().open(folder, Placement.CPU)) {
      assertEquals(loss(opened, "Yes"), loss(opened, " Yes "));
      List<String> logged =
          LoggedLines.warnings(
              () -> {
                assertNotEquals(loss(opened, "Yes"), loss(opened, "yes"));
                loss(opened, "yes");
              });
      assertEquals(1, logged.size(), logged::toString);
      assertTrue(
          logged
              .get(0)
              .endsWith(
                  "the answer 'yes' is taken letter for letter; models that are asked for Yes or No"
                      + " say them with a capital"),
          logged.get(0));
    }
  }

  private double loss(Verifier opened, String answer) {
    Question question = new Question("Is it day?", answer);
    return opened.assess(image, List.of(question), VqaSettings.DEFAULT).get(0).loss();
  }

  @Test
  final void textsLongerThanTheContextAreRefused(@TempDir Path folder) throws IOException {
    Path copy = folder.resolve("model");
    CopiedFolder.of(family.checkpoint(), copy);
    Path config = copy.resolve("config.json");
    ObjectNode root = (ObjectNode) Fixtures.json(config);
    root.put("max_position_embeddings", CONTEXT);
    if (root.get("text_config") instanceof ObjectNode text) {
      text.put("max_position_embeddings", CONTEXT).putNull("sliding_window");
    }
    Files.writeString(config, root.toString());
    String words = "Is it so? ".repeat(10_000);
    try (VqaVerifier opened = (VqaVerifier) Providers.verifiers().open(copy, Placement.CPU)) {
      assertRefused(
          IllegalArgumentException.class,
          () -> opened.assess(image, List.of(new Question(words, "Yes")), VqaSettings.DEFAULT),
          "more than the model's " + CONTEXT + " (max_position_embeddings)");
      assertRefused(
          IllegalArgumentException.class,
          () -> opened.answer(Optional.empty(), words, Decoding.greedy(3)),
          "more than the model's " + CONTEXT + " (max_position_embeddings)");
      assertTrue(opened.answer(Optional.empty(), "Is it so?", Decoding.greedy(3)).newTokens() <= 3);
    }
  }

  @Test
  @Tag("gpu")
  final void cudaIsCloseToTheProcessorHoweverItIsOpened() throws IOException {
    Placement cuda = new Placement("cuda:0", Dtype.FLOAT32);
    WeightSource eight = WeightSource.FILES.inEightBits();
    assertClose(LoadOptions.at(cuda), WeightSource.FILES, 1e-2);
    assertClose(
        LoadOptions.at(cuda).withWeights(WeightSource.FILES.onTheHost()), WeightSource.FILES, 1e-2);
    assertClose(LoadOptions.at(cuda).withWeights(eight), eight, 2e-2);
    assertClose(LoadOptions.at(cuda).withWeights(eight.onTheHost()), eight, 2e-2);
  }

  private void assertClose(LoadOptions opening, WeightSource onTheProcessor, double tolerance)
      throws IOException {
    Critique wanted = critique(LoadOptions.at(Placement.CPU).withWeights(onTheProcessor));
    Critique found = critique(opening);
    assertEquals(wanted.loss(), found.loss(), tolerance * wanted.loss());
    Golden.assertClose(
        opening.toString(),
        wanted.imageGradient(),
        Placement.CPU.placeFloat32(found.imageGradient()),
        tolerance);
  }
}
