package dev.dualprocess.testing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.ImageSize;
import dev.dualprocess.nn.LanguageModel;
import dev.dualprocess.spi.Opening;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import dev.dualprocess.vqa.PreparedPrompt;
import dev.dualprocess.vqa.VisionLanguageModel;
import dev.dualprocess.vqa.VisionLanguageModel.View;
import dev.dualprocess.vqa.VqaSettings.Resizing;
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
 * @param <M> its models
 */
public interface VlmFamily<M extends VisionLanguageModel> {
  /** Its golden cases are in {@code vlm/NAME.json}. */
  String name();

  /** Reads a checkpoint folder. */
  M open(Path folder, Opening opening) throws IOException;

  /** The same with nothing else said. */
  default M open(Path folder, Placement placement) throws IOException {
    return open(folder, Opening.at(placement));
  }

  /** Holds the place of one image token, as text. */
  String imageToken();

  /** The same as a number. */
  long imageTokenId(M model);

  /** The authors' way takes an image as it is if its sides are multiples of so many pixels. */
  int unit(M model);

  /** How many tokens an image of so many units takes. */
  int imageTokens(M model, int rows, int columns);

  /** A size near {@code size} that {@code resizing} takes. */
  ImageSize taken(M model, ImageSize size, Resizing resizing);

  /** As {@link VisionLanguageModel#generate}; tokens in {@code suppressed} are never chosen. */
  long[] generate(M model, long[] inputIds, View view, int maxNewTokens, Set<Long> suppressed);

  /** Its language model. */
  LanguageModel languageModel(M model);

  /** A prompt as the language model's half keeps it. */
  PreparedPrompt prepared(M model, long[] inputIds, View view);

  /** The golden cases and what holds for all of them. */
  default JsonNode json() {
    return Fixtures.json("vlm/" + name() + ".json");
  }

  /** The tensors of the golden cases. */
  default Golden golden() {
    return Fixtures.golden("vlm/" + name());
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

  /** That model. */
  default M open() {
    try {
      return open(checkpoint(), Placement.CPU);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A smooth image in [-1, 1] of that many units. */
  default Tensor image(M model, int rows, int columns) {
    int height = rows * unit(model);
    int width = columns * unit(model);
    return Ops.mul(
        Ops.arangeFloat(3L * height * width, Placement.CPU.torchDevice())
            .view(1, 3, height, width)
            .sin(),
        0.9);
  }
}
