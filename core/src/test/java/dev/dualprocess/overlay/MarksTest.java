package dev.dualprocess.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.dualprocess.image.ImageSize;
import dev.dualprocess.tensor.Noise;
import dev.dualprocess.tensor.Ops;
import dev.dualprocess.tensor.Placement;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawings of their own as marks on a composition, and how strongly a composition covers. */
class MarksTest {
  private static final ImageSize SIZE = new ImageSize(96, 64);

  @TempDir private Path folder;

  private VisualPrompt composition(String json) throws IOException {
    return VisualPrompt.composition(Files.writeString(folder.resolve("composition.json"), json));
  }

  @Test
  void aMarkAloneIsTheDrawingItself() throws IOException {
    VisualPrompt horizon = composition("{\"annotations\": [{\"horizon\": 0.3}]}");
    assertEquals(VisualPrompt.horizon(0.3).fingerprint(SIZE), horizon.fingerprint(SIZE));
    assertEquals(VisualPrompt.horizon(0.3).defaultQuestion(), horizon.defaultQuestion());
    assertEquals(
        VisualPrompt.palette("#ffffff,#00ff00").fingerprint(SIZE),
        composition("{\"annotations\": [{\"palette\": \"#ffffff,#00ff00\"}]}").fingerprint(SIZE));
    assertEquals(
        VisualPrompt.lineWeight(4).fingerprint(SIZE),
        composition("{\"annotations\": [{\"lineWeight\": 4}]}").fingerprint(SIZE));
    assertEquals(
        VisualPrompt.depth(0.1, 0.2, 0.8, 0.9).fingerprint(SIZE),
        composition("{\"annotations\": [{\"depth\": [0.1, 0.2, 0.8, 0.9]}]}").fingerprint(SIZE));
  }

  @Test
  void marksStandBesideEachOther() throws IOException {
    BufferedImage drawn =
        composition(
                "{\"annotations\": [{\"horizon\": 0.25}, {\"palette\": \"#00ff00\"},"
                    + " {\"box\": [0.5, 0.5, 0.25, 0.125]}]}")
            .draw(SIZE);
    assertEquals(Color.RED.getRGB(), drawn.getRGB(0, 24));
    assertEquals(Color.GREEN.getRGB(), drawn.getRGB(0, 95));
    assertEquals(Color.RED.getRGB(), drawn.getRGB(32, 50));
    assertEquals(Color.WHITE.getRGB(), drawn.getRGB(5, 50));
  }

  /** y = m d + (1 - m) x with m the opacity: for the red of a line, d = (1, -1, -1). */
  @ParameterizedTest
  @ValueSource(doubles = {0.125, 0.5, 1})
  void aSolidMarkCoversByItsOpacity(double opacity) throws IOException {
    VisualPrompt line =
        composition("{\"annotations\": [{\"horizon\": 0.5}], \"opacity\": " + opacity + "}");
    try (PointerScope scope = new PointerScope();
        Overlay overlay = Overlay.of(line, SIZE, Placement.CPU)) {
      float[] x = Ops.toFloats(Noise.randn(1, 1, 3, 96, 64));
      float[] y = Ops.toFloats(overlay.apply(Noise.randn(1, 1, 3, 96, 64)));
      for (int i = 0; i < x.length; i++) {
        int row = i % (96 * 64) / 64;
        double red = i < 96 * 64 ? 1 : -1;
        boolean covered = row >= 46 && row < 50; // 2 round(96 / 64) rows around the middle
        double expected = covered ? opacity * red + (1 - opacity) * x[i] : x[i];
        assertEquals(expected, y[i], 1e-6);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"TRANSPARENT, 0.25, 0.25, 0.25", "SOLID, 0.75, 0.75, 0"})
  void aPaintingCoversByItsOpacity(OverlayMode mode, double opacity, double black, double white)
      throws IOException {
    BufferedImage painting = new BufferedImage(64, 96, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < 96; y++) {
      for (int x = 0; x < 64; x++) {
        painting.setRGB(x, y, y < 48 ? 0 : 0xffffff);
      }
    }
    VisualPrompt drawing =
        VisualPrompt.composition(Optional.of(painting), List.of(), mode, opacity);
    try (PointerScope scope = new PointerScope();
        Overlay overlay = Overlay.of(drawing, SIZE, Placement.CPU)) {
      float[] x = Ops.toFloats(Noise.randn(1, 1, 3, 96, 64));
      float[] y = Ops.toFloats(overlay.apply(Noise.randn(1, 1, 3, 96, 64)));
      for (int i = 0; i < x.length; i++) {
        boolean upper = i % (96 * 64) < 48 * 64;
        double m = upper ? black : white;
        assertEquals(m * (upper ? -1 : 1) + (1 - m) * x[i], y[i], 1e-6);
      }
    }
  }
}
