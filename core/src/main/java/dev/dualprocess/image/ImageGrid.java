package dev.dualprocess.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of equally large pictures with captions under them, on white. Small pictures are enlarged by
 * a whole factor, smoothly.
 */
public final class ImageGrid {
  private static final int READABLE = 192;
  private static final int GAP = 8;
  private static final int CAPTION = 22;
  private static final int HEADING = 26;

  private final List<String> headings;
  private final List<List<Cell>> rows = new ArrayList<>();

  private record Cell(BufferedImage picture, String caption) {}

  /** A grid with a heading over each column; empty headings take no room. */
  public ImageGrid(List<String> headings) {
    this.headings = List.copyOf(headings);
  }

  /** Adds a row; captions stand under their pictures. */
  public ImageGrid row(List<BufferedImage> pictures, List<String> captions) {
    if (pictures.size() != captions.size()) {
      throw new IllegalArgumentException(
          pictures.size() + " pictures cannot have " + captions.size() + " captions");
    }
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException("a row without pictures");
    }
    List<Cell> row = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      row.add(new Cell(Pixels.opaque(pictures.get(i)), captions.get(i)));
    }
    rows.add(row);
    return this;
  }

  /** The grid as a picture, its cells as large as its first picture, or larger to be readable. */
  public BufferedImage draw() {
    if (rows.isEmpty()) {
      throw new IllegalStateException("a grid without rows");
    }
    BufferedImage first = rows.get(0).get(0).picture();
    int side = Math.max(first.getWidth(), first.getHeight());
    int factor = (READABLE + side - 1) / side;
    int width = first.getWidth() * factor;
    int height = first.getHeight() * factor;
    int columns = rows.stream().mapToInt(List::size).max().orElseThrow();
    int top = headings.isEmpty() ? GAP : GAP + HEADING;
    BufferedImage grid =
        new BufferedImage(
            GAP + columns * (width + GAP),
            top + rows.size() * (height + CAPTION + GAP),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = grid.createGraphics();
    pen.setColor(Color.WHITE);
    pen.fillRect(0, 0, grid.getWidth(), grid.getHeight());
    pen.setColor(Color.BLACK);
    pen.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    pen.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 14));
    for (int c = 0; c < headings.size(); c++) {
      centred(pen, headings.get(c), GAP + c * (width + GAP), width, GAP + HEADING - 10);
    }
    pen.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
    for (int r = 0; r < rows.size(); r++) {
      int y = top + r * (height + CAPTION + GAP);
      for (int c = 0; c < rows.get(r).size(); c++) {
        Cell cell = rows.get(r).get(c);
        int x = GAP + c * (width + GAP);
        pen.drawImage(enlarged(cell.picture(), new ImageSize(height, width)), x, y, null);
        centred(pen, cell.caption(), x, width, y + height + CAPTION - 7);
      }
    }
    pen.dispose();
    return grid;
  }

  private static BufferedImage enlarged(BufferedImage picture, ImageSize size) {
    return ImageSize.of(picture).equals(size) ? picture : Resampling.LANCZOS.resize(picture, size);
  }

  private static void centred(Graphics2D pen, String text, int x, int width, int baseline) {
    if (!Lettering.available()) {
      return;
    }
    FontMetrics metrics = pen.getFontMetrics();
    pen.drawString(text, x + (width - metrics.stringWidth(text)) / 2, baseline);
  }
}
