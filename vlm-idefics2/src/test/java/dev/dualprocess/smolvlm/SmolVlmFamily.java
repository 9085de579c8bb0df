package dev.dualprocess.smolvlm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.dualprocess.VqaSettings.Resizing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.overlay.Presentation;
import dev.dualprocess.overlay.PresentationSettings;
import dev.dualprocess.overlay.PresentationSettings.Range;
import dev.dualprocess.testing.Fixtures;
import dev.dualprocess.testing.Golden;
import dev.dualprocess.testing.Parity;
import dev.dualprocess.testing.VlmCase;
import dev.dualprocess.testing.VlmFamily;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** SmolVLM; a unit is one patch, but any size is taken. */
final class SmolVlmFamily implements VlmFamily<SmolVlm> {
  static final String FOLDER = "smolvlm/";

  @Override
  public String name() {
    return "smolvlm";
  }

  @Override
  public JsonNode json() {
    return Fixtures.json(FOLDER + name() + ".json");
  }

  @Override
  public Golden golden() {
    return Fixtures.golden(FOLDER + name());
  }

  @Override
  public SmolVlm read(Path folder) throws IOException {
    return SmolVlm.read(folder);
  }

  @Override
  public int unit() {
    return architecture().config().vision().patchSize();
  }

  @Override
  public int imageTokens(int rows, int columns) {
    return architecture().tileTokens();
  }

  @Override
  public ImageSize taken(ImageSize size, Resizing resizing) {
    return size;
  }

  /** The authors have no branch for this family: min-max, and straight to the square of a tile. */
  @Override
  public Presentation presentation(VlmCase c) {
    ImageSize size =
        new ImageSize(c.fields().get("height").asInt(), c.fields().get("width").asInt());
    PresentationSettings settings = new PresentationSettings(Range.MIN_MAX, false);
    return new Presentation(Optional.empty(), size, settings, Parity.placement());
  }
}
