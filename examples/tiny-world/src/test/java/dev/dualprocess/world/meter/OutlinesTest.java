package dev.dualprocess.world.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

/** A box on a ground: recoloured, moved, half gone, gone. */
class OutlinesTest {
  private static BufferedImage box(Color ground, Color box, int x, int width) {
    BufferedImage picture = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(ground);
    pen.fillRect(0, 0, 40, 40);
    pen.setColor(box);
    pen.fillRect(x, 10, width, 20);
    pen.dispose();
    return picture;
  }

  private static final BufferedImage BEFORE = box(Color.WHITE, Color.BLACK, 8, 20);

  @Test
  void othersColoursKeepThem() {
    assertEquals(1, Outlines.kept(BEFORE, BEFORE));
    assertEquals(1, Outlines.kept(BEFORE, box(Color.BLUE, Color.ORANGE, 8, 20)));
  }

  @Test
  void whatIsGoneIsLost() {
    assertEquals(0, Outlines.kept(BEFORE, box(Color.WHITE, Color.WHITE, 8, 20)));
    assertEquals(0, Outlines.kept(BEFORE, box(Color.WHITE, new Color(245, 245, 245), 8, 20)));
  }

  @Test
  void aMovedSideIsLostAndAPixelIsNothing() {
    assertEquals(1, Outlines.kept(BEFORE, box(Color.WHITE, Color.BLACK, 8, 21)));
    double half = Outlines.kept(BEFORE, box(Color.WHITE, Color.BLACK, 8, 12));
    assertTrue(half > 0.4 && half < 0.7, () -> "kept: " + half);
  }

  @Test
  void aPictureWithoutOutlinesHasNoneToLose() {
    assertEquals(1, Outlines.kept(box(Color.RED, Color.RED, 0, 1), BEFORE));
  }
}
