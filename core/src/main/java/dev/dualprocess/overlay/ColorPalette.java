package dev.dualprocess.overlay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.dualprocess.image.ImageSize;
import java.awt.Color;
import java.awt.Graphics2D;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A strip of equally wide swatches along the bottom, round(H / 6) rows high. Pure white would be
 * see-through and is drawn one step darker.
 *
 * @param colors from left to right, at least one
 */
record ColorPalette(List<Color> colors) implements Control {
  private static final Pattern HEX = Pattern.compile("#[0-9a-fA-F]{6}");
  private static final Color ALMOST_WHITE = new Color(0xfefefe);

  ColorPalette {
    colors = List.copyOf(colors);
    if (colors.isEmpty()) {
      throw new IllegalArgumentException("a palette needs at least one colour");
    }
  }

  /** Reads {@code #rrggbb,#rrggbb,...}. */
  static ColorPalette parse(String text) {
    return new ColorPalette(Stream.of(text.split(",", -1)).map(ColorPalette::color).toList());
  }

  private static Color color(String text) {
    if (!HEX.matcher(text.strip()).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a colour: write #rrggbb, such as #d83b2a");
    }
    return new Color(Integer.parseInt(text.strip().substring(1), 16));
  }

  @Override
  public void paint(Graphics2D pen, ImageSize size) {
    int height = Math.max(1, Math.round(size.height() / 6f));
    for (int i = 0; i < colors.size(); i++) {
      int left = edge(i, size);
      Color color = colors.get(i);
      pen.setColor(color.equals(Color.WHITE) ? ALMOST_WHITE : color);
      pen.fillRect(left, size.height() - height, edge(i + 1, size) - left, height);
    }
  }

  private int edge(int i, ImageSize size) {
    return Math.round((float) i * size.width() / colors.size());
  }

  @Override
  public Optional<String> defaultQuestion() {
    return Optional.of("Does the image use the colors of the palette at the bottom?");
  }

  @Override
  public ObjectNode toJson() {
    return Control.json().put("palette", hex());
  }

  private String hex() {
    return colors.stream()
        .map(c -> String.format(Locale.ROOT, "#%06x", c.getRGB() & 0xffffff))
        .collect(Collectors.joining(","));
  }

  @Override
  public String toString() {
    return "palette " + hex();
  }
}
