package dev.dualprocess.sana;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.TextCacheContract;
import dev.dualprocess.text.cache.TextCache;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SanaTextCacheTest extends TextCacheContract {
  /** The guided pair as it is drawn with, the text as it is trained on, and one of them twice. */
  private static final List<SanaPrompt> PROMPTS =
      List.of(
          SanaPrompt.NEGATIVE,
          SanaPrompt.instructed("a cat"),
          SanaPrompt.plain("a cat"),
          SanaPrompt.plain(""));

  @TempDir private Path kept;

  @Override
  protected GeneratorProvider provider() {
    return new SanaGeneratorProvider();
  }

  @Override
  protected Path pipeline() {
    return SanaFixtures.pipeline();
  }

  @Test
  void tensorsThatWereKeptAreThoseThatWereEncoded() throws IOException {
    for (Dtype dtype : new Dtype[] {Dtype.FLOAT32, Dtype.BFLOAT16, Dtype.FLOAT16}) {
      Placement there = new Placement("cpu", dtype);
      try (PointerScope scope = new PointerScope();
          SanaTextEncoder plain = SanaTextEncoder.open(pipeline(), there, WeightSource.FILES);
          SanaTextEncoder first = open(there);
          SanaTextEncoder second = open(there)) {
        List<SanaText> encoded = plain.encode(PROMPTS, there);
        List<SanaText> written = first.encode(PROMPTS, there);
        List<SanaText> found = second.encode(PROMPTS, there);
        assertTrue(plain.isOpen() && first.isOpen());
        assertFalse(second.isOpen());
        for (int i = 0; i < PROMPTS.size(); i++) {
          assertSame(encoded.get(i), written.get(i));
          assertSame(encoded.get(i), found.get(i));
        }
        Stream.of(encoded, written, found).forEach(texts -> texts.forEach(SanaText::close));
      }
    }
  }

  private SanaTextEncoder open(Placement there) throws IOException {
    return SanaTextEncoder.open(
        pipeline(),
        there,
        WeightSource.FILES,
        Optional.of(TextCache.in(kept.resolve(there.dtype().name()))));
  }

  private static void assertSame(SanaText expected, SanaText actual) {
    assertTrue(expected.promptEmbeds().equal(actual.promptEmbeds()));
    assertTrue(expected.mask().equal(actual.mask()));
    assertEquals(Dtype.of(expected.promptEmbeds()), Dtype.of(actual.promptEmbeds()));
    assertEquals(Dtype.INT64, Dtype.of(actual.mask()));
  }

  /** The empty text that guidance leads away from is the same for all. */
  @Test
  void whatTextsShareIsKeptOnce() throws IOException {
    try (SanaTextEncoder encoder = open(Placement.CPU)) {
      encoder.encode(PROMPTS, Placement.CPU).forEach(SanaText::close);
      assertEquals(3, files());
      List<SanaPrompt> other =
          List.of(SanaPrompt.NEGATIVE, SanaPrompt.instructed("A dog "), SanaPrompt.plain("a dog"));
      encoder.encode(other, Placement.CPU).forEach(SanaText::close);
      assertEquals(5, files());
      encoder.encode("a DOG", true, Placement.CPU).close(); // read in lower case
      assertEquals(5, files());
    }
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(kept.resolve(Dtype.FLOAT32.name()))) {
      return files.count();
    }
  }
}
