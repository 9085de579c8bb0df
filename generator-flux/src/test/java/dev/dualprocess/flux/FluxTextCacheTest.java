package dev.dualprocess.flux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.spi.GeneratorProvider;
import dev.dualprocess.tensor.Dtype;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.testing.TextCacheContract;
import dev.dualprocess.text.cache.TextCache;
import dev.dualprocess.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FluxTextCacheTest extends TextCacheContract {
  @TempDir private Path kept;

  @Override
  protected GeneratorProvider provider() {
    return new FluxGeneratorProvider();
  }

  @Override
  protected Path pipeline() {
    return FluxFixtures.pipeline(FluxFixtures.variants().get(0));
  }

  /** In every dtype a generator may have, fp16 too, which the encoders do not compute in. */
  @Test
  void tensorsThatWereKeptAreThoseThatWereEncoded() throws IOException {
    for (Dtype dtype : new Dtype[] {Dtype.FLOAT32, Dtype.BFLOAT16, Dtype.FLOAT16}) {
      Placement there = new Placement("cpu", dtype);
      try (PointerScope scope = new PointerScope();
          FluxTextEncoders plain = FluxTextEncoders.open(pipeline(), there, WeightSource.FILES);
          FluxTextEncoders first = open(there);
          FluxConditioning encoded = plain.encode("a cat", there);
          FluxConditioning written = first.encode("a cat", there);
          FluxTextEncoders second = open(there);
          FluxConditioning found = second.encode("a cat", there)) {
        assertTrue(plain.isOpen() && first.isOpen());
        assertFalse(second.isOpen());
        assertSame(encoded, written);
        assertSame(encoded, found);
      }
    }
  }

  private FluxTextEncoders open(Placement there) throws IOException {
    return FluxTextEncoders.open(
        pipeline(),
        there,
        WeightSource.FILES,
        Optional.of(TextCache.in(kept.resolve(there.dtype().name()))));
  }

  private static void assertSame(FluxConditioning expected, FluxConditioning actual) {
    assertTrue(expected.promptEmbeds().equal(actual.promptEmbeds()));
    assertTrue(expected.pooled().equal(actual.pooled()));
    assertArrayEquals(expected.pooled().shape(), actual.pooled().shape());
    assertTrue(Dtype.of(expected.pooled()) == Dtype.of(actual.pooled()));
  }
}
