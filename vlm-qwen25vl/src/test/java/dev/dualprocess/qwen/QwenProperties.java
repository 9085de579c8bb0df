package dev.dualprocess.qwen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.testing.VlmProperties;
import dev.dualprocess.vqa.SeenImage;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** What holds for images of any size: as for every family, and of their tokens here. */
public abstract class QwenProperties extends VlmProperties {
  private final QwenFamily<?> family;

  /** The model of {@code family}'s golden cases. */
  protected QwenProperties(QwenFamily<?> family) {
    super(family);
    this.family = family;
  }

  /** As many image tokens as the size gives, whichever way the image came there. */
  @Property(tries = 20)
  final void imageTokensFillTheGrid(
      @ForAll @IntRange(min = 1, max = 6) int rows,
      @ForAll @IntRange(min = 1, max = 6) int columns,
      @ForAll @IntRange(max = 6) int more) {
    try (PointerScope scope = new PointerScope()) {
      int unit = family.unit();
      Tensor image = Noise.randn(1, 1, 3, rows * unit + more, columns * unit + more);
      SeenImage seen = model().see(image, Resizing.AUTHORS);
      assertEquals(rows * columns, seen.imageTokens());
      assertEquals((long) rows * columns, seen.tokens().size(0));
    }
  }

  /** A size that the authors' way refuses comes with sizes that it takes. */
  @Property(tries = 30)
  final void refusedSizesNameSizesThatWork(
      @ForAll @IntRange(min = 1, max = 100) int height,
      @ForAll @IntRange(min = 1, max = 100) int width) {
    int patch = family.patches().patchSize();
    int merge = family.patches().spatialMergeSize();
    boolean fits =
        height >= patch * merge
            && width >= patch * merge
            && height / patch % merge == 0
            && width / patch % merge == 0;
    try (PointerScope scope = new PointerScope()) {
      Tensor image = Noise.randn(1, 1, 3, height, width);
      if (fits) {
        assertEquals(
            (height / patch / merge) * (width / patch / merge),
            model().see(image, Resizing.AUTHORS).imageTokens());
        return;
      }
      String told =
          assertThrows(IllegalArgumentException.class, () -> model().see(image, Resizing.AUTHORS))
              .getMessage();
      assertEquals(1, told.lines().count());
      List<ImageSize> named =
          Pattern.compile("\\d+x\\d+")
              .matcher(told)
              .results()
              .map(MatchResult::group)
              .map(ImageSize::parse)
              .toList();
      assertEquals(new ImageSize(height, width), named.get(0));
      assertEquals(3, named.size(), told);
      for (ImageSize size : named.subList(1, 3)) {
        Tensor other = Noise.randn(1, 1, 3, size.height(), size.width());
        assertTrue(model().see(other, Resizing.AUTHORS).imageTokens() > 0);
      }
    }
  }
}
