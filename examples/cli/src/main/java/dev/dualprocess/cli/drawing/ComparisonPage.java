package dev.dualprocess.cli.drawing;

import com.google.common.io.Resources;
import com.samskivert.mustache.Mustache;
import dev.dualprocess.image.ImageGrid;
import dev.dualprocess.image.Png;
import dev.dualprocess.run.RunListener;
import dev.dualprocess.weights.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Pictures of the same noise without and with LoRAs, side by side: one picture and one page.
 *
 * @param folder of the pictures
 * @param loras their names
 */
record ComparisonPage(Path folder, List<NamedText> texts, List<Long> seeds, List<String> loras) {
  static final String PAGE = "index.html";
  static final String PICTURE = "compare.png";

  private static final int MOST_ROWS = 24; // of the picture
  private static final int CAPTION = 18; // characters of the text in it

  /** The name of a picture without. */
  static String before(NamedText text, long seed) {
    return text.ofSeed(seed) + "-before";
  }

  /** The name of a picture with. */
  static String after(NamedText text, long seed) {
    return text.ofSeed(seed) + "-after";
  }

  /** How many pairs there are. */
  int size() {
    return texts.size() * seeds.size();
  }

  /** Refuses to take the place of another page. */
  void requireRoom(boolean overwrite) throws IOException {
    for (String name : List.of(PAGE, PICTURE)) {
      if (!overwrite && Files.exists(folder.resolve(name))) {
        throw new IOException(
            folder.resolve(name) + ": is there already; choose another --out, or add --overwrite");
      }
    }
  }

  /** Writes both, of pictures that are in the folder. */
  void write(RunListener listener) throws IOException {
    Png.write(folder.resolve(PICTURE), grid(), Map.of());
    AtomicFile.writeText(folder.resolve(PAGE), html());
    if (size() > MOST_ROWS) {
      listener.say(
          "%s has the first %d of %d rows; %s has all of them",
          folder.resolve(PICTURE), MOST_ROWS, size(), PAGE);
    }
  }

  private BufferedImage grid() throws IOException {
    ImageGrid grid = new ImageGrid(List.of("without", "with"));
    int rows = 0;
    for (NamedText text : texts) {
      for (long seed : seeds) {
        if (rows++ == MOST_ROWS) {
          return grid.draw();
        }
        String caption = caption(text, seed);
        grid.row(
            List.of(read(before(text, seed)), read(after(text, seed))), List.of(caption, caption));
      }
    }
    return grid.draw();
  }

  private String caption(NamedText text, long seed) {
    String words = text.text();
    String start = words.length() <= CAPTION ? words : words.substring(0, CAPTION - 3) + "...";
    return texts.size() == 1 ? "seed " + seed : start + ", " + seed;
  }

  private BufferedImage read(String name) throws IOException {
    return Png.read(folder.resolve(name + ".png"));
  }

  /** Every pair, for {@code results.json}. */
  List<Map<String, Object>> pictures() {
    List<Map<String, Object>> all = new ArrayList<>();
    for (NamedText text : texts) {
      for (long seed : seeds) {
        Map<String, Object> pair = new LinkedHashMap<>();
        pair.put("prompt", text.text());
        pair.putAll(pair(text, seed));
        all.add(pair);
      }
    }
    return all;
  }

  private static Map<String, Object> pair(NamedText text, long seed) {
    Map<String, Object> pair = new LinkedHashMap<>();
    pair.put("seed", seed);
    pair.put("before", before(text, seed) + ".png");
    pair.put("after", after(text, seed) + ".png");
    return pair;
  }

  private String html() throws IOException {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("loras", loras);
    page.put("texts", texts.stream().map(this::shown).toList());
    String template =
        Resources.toString(
            Resources.getResource(ComparisonPage.class, PAGE), StandardCharsets.UTF_8);
    return Mustache.compiler().compile(template).execute(page);
  }

  private Map<String, Object> shown(NamedText text) {
    return Map.of(
        "prompt", text.text(), "pairs", seeds.stream().map(seed -> pair(text, seed)).toList());
  }
}
