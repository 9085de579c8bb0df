package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts, masks and Gemma-2's hidden states against SanaPipeline. */
class SanaTextEncoderParityTest {
  private static final double OUTPUT = Parity.sensitive(2e-5, 0.15);

  private static SanaTextEncoder encoder;
  private static Golden golden;

  @BeforeAll
  static void open() throws IOException {
    encoder =
        SanaTextEncoder.open(SanaTextFixtures.pipeline(), Parity.placement(), WeightSource.FILES);
    golden = Fixtures.golden(SanaTextFixtures.NAME);
  }

  @AfterAll
  static void close() {
    encoder.close();
    golden.close();
  }

  static List<SanaTextFixtures.Case> cases() {
    return SanaTextFixtures.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void encodesAsThePipelineDoes(SanaTextFixtures.Case text) {
    try (PointerScope scope = new PointerScope()) {
      SanaTokens tokens = encoder.tokens(text.sanaPrompt());
      assertEquals(text.maxLength(), tokens.ids().size(1));
      golden.assertSame(text.key() + "input_ids", tokens.ids());
      golden.assertSame(text.key() + "attention_mask", tokens.mask());
      try (SanaText encoded =
          encoder.encode(text.prompt(), text.instructed(), Parity.placement())) {
        assertText(text.key(), encoded);
        assertEquals(text.valid(), Arrays.stream(Ops.toLongs(encoded.mask())).sum());
      }
    }
  }

  /** Of some cases the golden data holds the first rows only. */
  private static void assertText(String key, SanaText encoded) {
    golden.assertSame(key + "prompt_attention_mask", encoded.mask());
    assertEquals(SanaPrompt.LENGTH, encoded.promptEmbeds().size(1));
    long rows = golden.tensor(key + "prompt_embeds").size(1);
    golden.assertClose(key + "prompt_embeds", encoded.promptEmbeds().narrow(1, 0, rows), OUTPUT);
  }

  @Test
  void severalTextsAreEncodedTogether() {
    List<SanaPrompt> prompts =
        cases().stream().map(SanaTextFixtures.Case::sanaPrompt).limit(3).toList();
    List<SanaText> texts = encoder.encode(prompts, Parity.placement());
    try (PointerScope scope = new PointerScope()) {
      for (int i = 0; i < prompts.size(); i++) {
        assertText(cases().get(i).key(), texts.get(i));
      }
    } finally {
      texts.forEach(SanaText::close);
    }
  }

  /** The guidance of the pipeline: the empty text, never behind the instruction. */
  @Test
  void theNegativePromptIsTheEmptyTextAlone() {
    for (SanaTextFixtures.Case text : cases()) {
      if (golden.has(text.key() + "negative_prompt_attention_mask")) {
        try (PointerScope scope = new PointerScope()) {
          SanaTokens tokens = encoder.tokens(SanaPrompt.NEGATIVE);
          golden.assertSame(
              text.key() + "negative_prompt_attention_mask", SanaTokens.kept(tokens.mask()));
        }
      }
    }
  }

  /** bf16 carries 8 bits, and Gemma-2 is trained in it. */
  @Test
  void halfThePrecisionIsCloseToTheWhole() throws IOException {
    SanaTextFixtures.Case text = cases().get(0);
    Placement half = new Placement(Parity.placement().device(), Dtype.BFLOAT16);
    try (PointerScope scope = new PointerScope();
        SanaTextEncoder other =
            SanaTextEncoder.open(SanaTextFixtures.pipeline(), half, WeightSource.FILES);
        SanaText encoded = other.encode(text.prompt(), text.instructed(), half)) {
      assertEquals(Dtype.BFLOAT16, Dtype.of(encoded.promptEmbeds()));
      assertEquals(Dtype.INT64, Dtype.of(encoded.mask()));
      Tensor valid =
          Memory.scoped(() -> Ops.toFloat(encoded.promptEmbeds()).narrow(1, 0, text.valid()));
      golden.assertSame(text.key() + "prompt_attention_mask", encoded.mask());
      Golden.assertClose(
          text.key() + " in bf16",
          golden.tensor(text.key() + "prompt_embeds").narrow(1, 0, text.valid()),
          valid,
          0.05);
    }
  }
}
