package dev.dualprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.spi.LoadOptions;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.Architecture;
import dev.dualprocess.vqa.Decoding;
import dev.dualprocess.vqa.ImageToken;
import dev.dualprocess.vqa.SeenImage;
import dev.dualprocess.vqa.VisionLanguageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.bytedeco.pytorch.Tensor;

/**
 * A family of vision-language models as the shared suites see it.
 *
 * @param <A> its architecture
 */
public interface VlmFamily<A extends Architecture> {
  /** Its golden cases are in {@code vlm/NAME.json}. */
  String name();

  /** Reads the files of a checkpoint folder that hold no weights. */
  A read(Path folder) throws IOException;

  /** The authors' way takes an image as it is if its sides are multiples of so many pixels. */
  int unit();

  /** How many tokens an image of so many units takes. */
  int imageTokens(int rows, int columns);

  /** A size near {@code size} that {@code resizing} takes. */
  ImageSize taken(ImageSize size, Resizing resizing);

  /** The golden cases and what holds for all of them. */
  default JsonNode json() {
    return Fixtures.json("vlm/" + name() + ".json");
  }

  /** The tensors of the golden cases. */
  default Golden golden() {
    return Fixtures.golden("vlm/" + name());
  }

  /** What the golden cases' images went through before they were shown. */
  default Presentation presentation(VlmCase c) {
    return c.presentation();
  }

  /** Every golden case. */
  default List<VlmCase> cases() {
    return StreamSupport.stream(json().get("cases").spliterator(), false)
        .map(c -> new VlmCase(c.get("key").asText(), c))
        .toList();
  }

  /** The folder of the model that the golden cases are of. */
  default Path checkpoint() {
    return Fixtures.path(json().get("checkpoint").asText());
  }

  /** What makes that model. */
  default A architecture() {
    try {
      return read(checkpoint());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Holds the place of one image token. */
  default ImageToken imageToken() {
    return architecture().chat().imageToken();
  }

  /** That model. */
  default VisionLanguageModel open() {
    try {
      return open(checkpoint(), Placement.CPU);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The model of another folder. */
  default VisionLanguageModel open(Path folder, Placement placement) throws IOException {
    return VisionLanguageModel.open(folder, read(folder), LoadOptions.at(placement));
  }

  /** As {@link VisionLanguageModel#generate}; tokens in {@code suppressed} are never chosen. */
  default long[] generate(
      VisionLanguageModel model,
      long[] inputIds,
      SeenImage image,
      int maxNewTokens,
      Set<Long> suppressed) {
    return model.reader().generate(inputIds, image, Decoding.greedy(maxNewTokens), suppressed);
  }

  /** A smooth image in [-1, 1] of that many units. */
  default Tensor image(int rows, int columns) {
    int height = rows * unit();
    int width = columns * unit();
    return Ops.mul(
        Ops.arangeFloat(3L * height * width, Placement.CPU.torchDevice())
            .view(1, 3, height, width)
            .sin(),
        0.9);
  }
}
