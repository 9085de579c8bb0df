package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.dualprocess.image.ImageSize;
import dev.dualprocess.image.PictureFile;
import dev.dualprocess.image.Pixels;
import dev.dualprocess.image.Png;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Drawings as data, with their pictures in a folder, so that they come back pixel for pixel: a
 * composition as in its own file, or {@code {"picture": "name.png", "mode": "solid"}} for any other
 * drawing. Pictures are named by their content.
 *
 * @param folder where the pictures lie
 */
public record StoredDrawings(Path folder) {
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{16}\\.png");

  /**
   * A drawing as data; pictures it needs are written into the folder.
   *
   * @param size of the images it is laid over
   * @throws IOException if a picture cannot be written
   */
  public JsonNode write(VisualPrompt drawing, ImageSize size) throws IOException {
    if (drawing instanceof Control control) {
      return new Composition(
              "composition",
              Optional.empty(),
              List.of(new Annotation.Mark(control)),
              control.mode(),
              control.opacity())
          .toJson("");
    }
    if (drawing instanceof Composition composition) {
      Optional<BufferedImage> painting = composition.painting();
      return composition.toJson(painting.isPresent() ? keep(painting.get()) : "");
    }
    ObjectNode json = Control.json();
    json.put("picture", keep(drawing.draw(size)));
    return json.put("mode", drawing.mode().name().toLowerCase(Locale.ROOT))
        .put("opacity", drawing.opacity());
  }

  /** Writes a picture into the folder and returns its name there. */
  public String keep(BufferedImage picture) throws IOException {
    BufferedImage opaque = Pixels.opaque(picture);
    int width = opaque.getWidth();
    int[] pixels = opaque.getRGB(0, 0, width, opaque.getHeight(), null, 0, width);
    Hasher hasher = Hashing.sha256().newHasher().putInt(width);
    IntStream.of(pixels).forEach(hasher::putInt);
    String name = hasher.hash().toString().substring(0, 16) + ".png";
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      Files.createDirectories(folder);
      Png.write(file, opaque, Map.of());
    }
    return name;
  }

  /**
   * The picture of a name that {@link #keep} returned.
   *
   * @throws IOException in one line, if there is none
   */
  public BufferedImage find(String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("'" + name + "' is no picture of a stored drawing");
    }
    return PictureFile.read(folder.resolve(name));
  }

  /**
   * The drawing that was written.
   *
   * @param where it stands, for messages
   * @throws IOException in one line, if it is none or its picture is missing
   */
  public VisualPrompt read(JsonNode json, String where) throws IOException {
    CompositionForm form = new CompositionForm(where, json);
    return json.has("picture")
        ? form.drawing(find(json.path("picture").asText("")))
        : form.composition("composition", this::find).simplest();
  }
}
