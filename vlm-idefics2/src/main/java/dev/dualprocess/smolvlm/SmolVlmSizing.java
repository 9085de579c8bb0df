package dev.dualprocess.smolvlm;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.Resampling;
import dev.dualprocess.image.Resampling.Arithmetic;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.vqa.ImageSizing;
import dev.dualprocess.vqa.Views;
import java.awt.image.BufferedImage;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Lanczos, to one length of the longer side and from there to the square of a tile. */
record SmolVlmSizing(PreprocessorConfig config) implements ImageSizing {
  @Override
  public ImageSize processor(ImageSize image) {
    return ImageSize.square(config.tile());
  }

  @Override
  public ImageSize authors(ImageSize image) {
    return ImageSize.square(config.tile());
  }

  /** Even an image of a tile's size is enlarged and shrunk again. */
  @Override
  public boolean keeps(ImageSize image) {
    return false;
  }

  @Override
  public Resampling filter() {
    return Resampling.LANCZOS;
  }

  @Override
  public Arithmetic arithmetic() {
    return Arithmetic.PILLOW_13;
  }

  /** Both passes as one product on either side; what overshoots is clipped as in 8 bits. */
  @Override
  public Tensor resize(Tensor x, ImageSize to) {
    ImageSize from = new ImageSize(Math.toIntExact(x.size(2)), Math.toIntExact(x.size(3)));
    ImageSize first = config.first(from);
    Tensor rows = twice(from.height(), first.height(), to.height(), x);
    Tensor columns = twice(from.width(), first.width(), to.width(), x);
    Tensor y = Ops.matmul(Ops.matmul(rows, x), columns.transpose(0, 1));
    return Ops.clamp(y, -1, 1);
  }

  private static Tensor twice(int from, int first, int to, Tensor x) {
    return Ops.matmul(
        Lanczos.matrix(first, to, x.device()), Lanczos.matrix(from, first, x.device()));
  }

  @Override
  public Views views(BufferedImage picture) {
    return new Views(square(first(picture)), Optional.empty());
  }

  /** The whole is made of the enlarged picture, as the processor does it. */
  @Override
  public Views closeViews(BufferedImage picture) {
    BufferedImage first = first(picture);
    BufferedImage enlarged = resized(first, config.ofTiles(ImageSize.of(first)));
    boolean oneTile = ImageSize.of(enlarged).equals(ImageSize.square(config.tile()));
    return new Views(square(enlarged), oneTile ? Optional.empty() : Optional.of(enlarged));
  }

  private BufferedImage first(BufferedImage picture) {
    return resized(picture, config.first(ImageSize.of(picture)));
  }

  private BufferedImage square(BufferedImage picture) {
    return resized(picture, ImageSize.square(config.tile()));
  }

  private BufferedImage resized(BufferedImage picture, ImageSize to) {
    return filter().resize(picture, to, arithmetic());
  }
}
