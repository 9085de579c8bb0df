package dev.dualprocess.studio.pictures;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.Check;
import dev.dualprocess.Prompt;
import dev.dualprocess.Question;
import dev.dualprocess.distill.DistillSettings;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.StoredDrawings;
import dev.dualprocess.overlay.VisualPrompt;
import dev.dualprocess.run.RunPlan;
import dev.dualprocess.tensor.Memory;
import dev.dualprocess.tensor.Placement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * What the page draws over pictures: its paintings, the plans it sends, and how all that looks to a
 * verifier. Thread-safe.
 *
 * @param stored where paintings are kept
 */
public record Drawings(StoredDrawings stored) {
  /** Drawings with paintings in that folder. */
  public static Drawings in(Path folder) {
    return new Drawings(new StoredDrawings(folder));
  }

  /**
   * Keeps a painting that was sent.
   *
   * @return its name and size
   * @throws IOException in one line, if it is no picture
   */
  public Map<String, Object> keep(byte[] sent) throws IOException {
    BufferedImage painting = Uploads.picture(sent);
    Map<String, Object> kept = new LinkedHashMap<>();
    kept.put("name", stored.keep(painting));
    kept.put("width", painting.getWidth());
    kept.put("height", painting.getHeight());
    return kept;
  }

  /**
   * What the page asks for, its questions made to ask for Yes or No, and further texts checked like
   * the first where they bring no checks of their own.
   *
   * @throws IOException in one line, if something is missing or out of range
   */
  public RunPlan plan(JsonNode json) throws IOException {
    RunPlan plan = RunPlan.of(withChecks(json), "this", stored);
    try {
      return new RunPlan(
          plan.generator(),
          plan.verifiers(),
          plan.prompts().stream().map(Drawings::asking).toList(),
          plan.settings(),
          plan.evaluationSeeds(),
          plan.checkpointEvery());
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private static JsonNode withChecks(JsonNode json) {
    JsonNode whole = json.deepCopy();
    for (JsonNode other : whole.path("also")) {
      if (other.path("checks").isEmpty() && other.isObject()) {
        ((ObjectNode) other).set("checks", whole.path("checks"));
      }
    }
    return whole;
  }

  private static Prompt asking(Prompt prompt) {
    List<Check> checks = new ArrayList<>();
    for (Check check : prompt.checks()) {
      Question question = check.question().withYesNoPostfix();
      checks.add(new Check(question, check.visualPrompt(), check.weight()));
    }
    return new Prompt(prompt.text(), checks);
  }

  /**
   * Exactly what a verifier is shown.
   *
   * @param under the picture it is laid over; white paper if there is none
   * @param size of the picture where there is none
   */
  public BufferedImage shown(
      JsonNode drawing, Optional<Path> under, ImageSize size, DistillSettings settings)
      throws IOException {
    Optional<VisualPrompt> laidOver =
        drawing.isObject() ? Optional.of(stored.read(drawing, "the drawing")) : Optional.empty();
    BufferedImage picture = under.isPresent() ? PictureFile.read(under.get()) : white(size);
    ImageSize own = new ImageSize(picture.getHeight(), picture.getWidth());
    try (Presentation presentation =
        new Presentation(laidOver, own, settings.presentation(), Placement.CPU)) {
      return Memory.freeing(
          () -> {
            Tensor image = Pixels.toTensor(picture);
            return Pixels.toImage(presentation.shown(image));
          });
    }
  }

  private static BufferedImage white(ImageSize size) {
    BufferedImage white =
        new BufferedImage(size.width(), size.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < size.height(); y++) {
      for (int x = 0; x < size.width(); x++) {
        white.setRGB(x, y, 0xffffff);
      }
    }
    return white;
  }
}
