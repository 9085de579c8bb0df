package dev.dualprocess.qwen;

import com.google.common.primitives.Longs;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.testing.VlmFamily;
import java.util.stream.LongStream;

/**
 * A Qwen-VL of any family; a unit is one image token.
 *
 * @param <A> its architecture
 */
public interface QwenFamily<A extends QwenArchitecture> extends VlmFamily<A> {
  /** What pictures are cut into. */
  default PatchShape patches() {
    PreprocessorConfig config = architecture().preprocessor();
    return new PatchShape(config.patchSize(), config.temporalPatchSize(), config.mergeSize());
  }

  @Override
  default int unit() {
    return patches().unit();
  }

  @Override
  default int imageTokens(int rows, int columns) {
    return rows * columns;
  }

  /** The authors' way takes whole units; a few pixels more are left over. */
  @Override
  default ImageSize taken(ImageSize size, Resizing resizing) {
    return resizing == Resizing.PROCESSOR
        ? size
        : new ImageSize(taken(size.height()), taken(size.width()));
  }

  /** Where the tokens of a prompt with one image stand, axis by axis. */
  default long[] positions(long[] ids, Grid grid) {
    PromptPositions where = grid.positions(Longs.indexOf(ids, imageToken().id()));
    return LongStream.range(0, 3L * ids.length)
        .map(i -> where.at((int) i / ids.length, (int) i % ids.length))
        .toArray();
  }

  private int taken(int side) {
    int unit = unit();
    int more = side % patches().patchSize();
    return Math.max(1, side / unit) * unit + more;
  }
}
